// Text of strangers: counted as people count it, its tricks held in place.

type Segmenter = { segment(text: string): Iterable<unknown> };

const segmenter = ((): Segmenter | null => {
  const intl = Intl as unknown as { Segmenter?: new (locale?: string, options?: object) => Segmenter };
  return intl.Segmenter ? new intl.Segmenter(undefined, { granularity: "grapheme" }) : null;
})();

// Without Intl.Segmenter: a syllable of Hangul letters is one, and marks, joiners and what a joiner holds,
// skin tones, tags and the second half of a flag count with what they follow. Close enough to count down
// by; the hub has the last word.
const LEAD = "\u1100-\u115f\ua960-\ua97c";
const VOWEL = "\u1160-\u11a7\ud7b0-\ud7c6";
const TAIL = "\u11a8-\u11ff\ud7cb-\ud7fb";
const SYLLABLE = `(?:[${LEAD}]+[가-힣]?|[가-힣${VOWEL}])[${VOWEL}]*[${TAIL}]*`;
const REST = "(?:\u200d\\P{M}|[\\p{M}\u200c\u200d\uff9e\uff9f\u0e33\u0eb3\u{1f3fb}-\u{1f3ff}\u{e0020}-\u{e007f}])*";
const CLUSTER = new RegExp(`\r\n|(?:\\p{RI}\\p{RI}|${SYLLABLE}|\\P{M})${REST}|\\p{M}+`, "gsu");

/** The characters of a text as a person counts them. */
export function graphemes(text: string): string[] {
  if (!segmenter) return text.match(CLUSTER) ?? [];
  const found: string[] = [];
  for (const part of segmenter.segment(text)) found.push((part as { segment: string }).segment);
  return found;
}

/** How many characters a person would count. Plain ASCII, most of the time, needs no counting. */
export function length(text: string): number {
  return /^[\x20-\x7e\n]*$/.test(text) ? text.length : graphemes(text).length;
}

// Characters that the hub counts as empty: spaces, controls, formats, fillers, and symbols that are drawn as nothing.
const SEEN = /[^\s\p{Cc}\p{Cf}\p{DI}\u2800\ufffc\ufffd\u{13441}\u{13442}\u{16fe4}\u{1d159}]/u;

/** Whether nothing of a text is seen. The hub refuses it as it does an empty one. */
export const isBlank = (text: string): boolean => !SEEN.test(text);

/** Whether a room can be made in a channel of this name, of at most `most` characters (`Namespace::for_room`). */
export const isChannel = (text: string, most: number): boolean =>
  !isBlank(text) && length(text) <= most && !/[,?#[\]\p{Cc}]/u.test(text);

/** The most code points that the hub takes in one character. */
const CLUSTER_MAX = 32;

/** Whether a character of a text is a tower of marks. */
export const hasTower = (text: string): boolean =>
  !/^[\x20-\x7e\n]*$/.test(text) && graphemes(text).some((character) => [...character].length > CLUSTER_MAX);

// Drawn as a picture by itself, by a selector or a skin tone; a flag of two letters, a key.
const EMOJI = /^(?:\p{Emoji_Presentation}|\p{Extended_Pictographic}[\ufe0f\u{1f3fb}-\u{1f3ff}]|[\d#*]\ufe0f?\u20e3)/u;
/** More emoji than this are a message like others. */
const EMOJI_MOST = 6;
/** The longest emoji are families and flags, of a dozen units and more. */
const EMOJI_UNITS = 20;

/** Whether a message is a few emoji and nothing else. */
export function isEmojiOnly(text: string): boolean {
  const bare = text.replace(/\s+/g, "");
  if (bare === "" || bare.length > EMOJI_MOST * EMOJI_UNITS) return false;
  const all = graphemes(bare);
  return all.length <= EMOJI_MOST && all.every((one) => EMOJI.test(one));
}

/** The first `count` characters, never cutting one in half. */
export const cut = (text: string, count: number): string =>
  text.length <= count ? text : graphemes(text).slice(0, count).join("");

const BIDI = /[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** A name for use inside a sentence: its direction stays its own, and it cannot turn the rest around. */
export const isolate = (name: string): string => `\u2068${name.replace(BIDI, "")}\u2069`;

/** A room code as people type it: any case, spaces and dashes between, or the whole link. */
export function readCode(typed: string): string {
  const link = /\/r\/([a-z0-9]+)/i.exec(typed);
  return (link ? link[1]! : typed)
    .replace(/[^a-z0-9]/gi, "")
    .toUpperCase()
    .slice(0, 12);
}

const TALL = 12;

/** How much of a very tall message is shown before one asks for all of it; `null` when all of it. */
export function fold(content: string): string | null {
  const lines = content.split("\n");
  return lines.length > TALL + 2 ? lines.slice(0, TALL).join("\n") : null;
}
