// The words of the host's sheets, with all others: in the chunk that needs them.

import { hostWords, type All as FirstWords } from "./words";
import { en } from "./words.sheets.en";
import { ko, type SheetWords } from "./words.sheets.ko";

export type All = Omit<FirstWords, keyof SheetWords> & SheetWords;

/** The words to speak with, as `hostWords` has them for the page at first sight. */
export function sheetWords(): All {
  const first = hostWords();
  return { ...first, ...(first.locale === "ko" ? ko : en) };
}
