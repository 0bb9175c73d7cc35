// The words of a room's sheets, with all others: in the chunk that needs them.

import { words, type Words } from "./words";
import { en } from "./words.sheets.en";
import { ko, type SheetWords } from "./words.sheets.ko";

export type All = Words & SheetWords;

/** The words to speak with, as `words` has them for every part of the page. */
export const sheetWords = (): All => ({ ...words(), ...(words().locale === "ko" ? ko : en) });
