// The words of the host's page, with all others.

import { words, type Words } from "../words";
import { en } from "./words.en";
import { ko, type HostWords } from "./words.ko";

export type All = Omit<Words, keyof HostWords> & HostWords;

/** The words to speak with, as `words` has them for every part of the page. */
export const hostWords = (): All => ({ ...words(), ...(words().locale === "ko" ? ko : en) });
