// The language of the page: the reader's choice, else the first of the browser's languages that the page speaks, else the
// hub's own, else English.

import { signal } from "@preact/signals";
import { browserMemory } from "./client/storage";
import { en } from "./words.en";
import { ko, type Words } from "./words.ko";

const KEY = "cola.language";
/** The hub's language as it was last time, so that the page does not change before people's eyes. */
const HUB = "cola.hub-language";
const memory = browserMemory();

const own = (): string | null =>
  memory.get(KEY) ?? (navigator.languages ?? [navigator.language]).find((one) => /^(ko|en)\b/i.test(one)) ?? null;
const inLanguage = (code: string): Words => (/^ko/i.test(code) ? ko : en);

const language = signal<Words>(inLanguage(own() ?? memory.get(HUB) ?? ""));
document.documentElement.lang = language.value.locale;

/** The words to speak with. Read it while rendering, so that a switch reaches every view. */
export const words = (): Words => language.value;

export function switchLanguage(): void {
  speak(language.value === ko ? en : ko);
  memory.set(KEY, language.value.locale);
}

/** The hub has said its language: that of readers who bring none that the page speaks. */
export function hubSpeaks(code: string): void {
  if (own() !== null) return;
  memory.set(HUB, code);
  speak(inLanguage(code));
}

function speak(wanted: Words): void {
  language.value = wanted;
  document.documentElement.lang = wanted.locale;
}

export type { Words };
