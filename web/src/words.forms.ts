// The words of the lobby's sheets, with all others: in the chunk that needs them.

import { words, type Words } from "./words";
import { en } from "./words.forms.en";
import { ko, type FormWords } from "./words.forms.ko";

export type All = Words & FormWords;

/** The words to speak with, as `words` has them for every part of the page. */
export const formWords = (): All => ({ ...words(), ...(words().locale === "ko" ? ko : en) });
