// The language of the page: the reader's choice, else the browser's, else English.

import { signal } from "@preact/signals";
import { browserMemory } from "./client/storage";
import { en } from "./words.en";
import { ko, type Words } from "./words.ko";

const KEY = "cola.language";
const memory = browserMemory();

const chosen = memory.get(KEY) ?? (navigator.languages ?? [navigator.language])[0] ?? "";
const language = signal<Words>(chosen.startsWith("ko") ? ko : en);
document.documentElement.lang = language.value.locale;

/** The words to speak with. Read it while rendering, so that a switch reaches every view. */
export const words = (): Words => language.value;

export function switchLanguage(): void {
  language.value = language.value === ko ? en : ko;
  memory.set(KEY, language.value.locale);
  document.documentElement.lang = language.value.locale;
}

export type { Words };
