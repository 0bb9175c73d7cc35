// What is shown of a message that was found: the part around the text that was searched for, and where that stands. Pure.

import { cut } from "./text";

export interface Piece {
  text: string;
  isFound: boolean;
}

/** How much stands before the first place, and how much in all, in characters. */
const BEFORE = 24;
const MOST = 140;

/** A text in lower case, and for each of its units the place in the text that it is from. */
function folded(text: string): { text: string; places: number[] } {
  const places: number[] = [];
  let lower = "";
  let place = 0;
  for (const character of text) {
    const low = character.toLowerCase();
    lower += low;
    for (let unit = 0; unit < low.length; unit += 1) places.push(place);
    place += character.length;
  }
  places.push(place);
  return { text: lower, places };
}

/** The places of `wanted` in a text: in any case, composed or not, as the hub finds it. */
function placesOf(text: string, wanted: string): [number, number][] {
  const { text: low, places } = folded(text);
  const needle = folded(wanted.trim().normalize("NFC")).text;
  const found: [number, number][] = [];
  if (needle === "") return found;
  for (let at = low.indexOf(needle); at >= 0; at = low.indexOf(needle, at + needle.length)) {
    found.push([places[at]!, places[at + needle.length]!]);
  }
  return found;
}

/** A message on one line, in pieces: what was searched for, and what stands around it. */
export function foundIn(content: string, wanted: string): Piece[] {
  const line = content.normalize("NFC").replace(/\s+/g, " ").trim();
  const first = placesOf(line, wanted)[0]?.[0] ?? 0;
  // From a word on, where there is one.
  const start = first <= BEFORE ? 0 : line.indexOf(" ", first - BEFORE) + 1;
  const near = start > 0 && start <= first ? start : Math.max(0, first - BEFORE);
  const from = isLow(line, near) ? near - 1 : near;
  const whole = line.slice(from);
  const text = cut(whole, MOST);
  const pieces: Piece[] = from > 0 ? [{ text: "… ", isFound: false }] : [];
  let at = 0;
  for (const [begin, end] of placesOf(text, wanted)) {
    if (begin > at) pieces.push({ text: text.slice(at, begin), isFound: false });
    pieces.push({ text: text.slice(begin, end), isFound: true });
    at = end;
  }
  const rest = text.slice(at) + (text.length < whole.length ? " …" : "");
  return rest ? [...pieces, { text: rest, isFound: false }] : pieces;
}

/** Whether the second half of a character stands here. */
const isLow = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;
