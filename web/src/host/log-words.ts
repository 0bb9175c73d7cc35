// What a line of the log is about, in the reader's language as far as the hub tells it in values.

import type { Deed, ModeLine } from "./wire";
import type { HostWords } from "./words.ko";

/** A person's id, before their name. */
const ID = /^[\da-f]{8}-[\da-f-]{27} /;

function modeWords(say: HostWords, { mode, every, hereFor, minutes }: ModeLine): string {
  const words = [say.modes[mode] ?? mode];
  if (every) words.push(say.seconds(every));
  if (hereFor) words.push(say.hereFor(hereFor));
  if (minutes) words.push(say.forMinutes(minutes));
  return words.join(" · ");
}

export function aboutWhat(say: HostWords, { what, mode, was }: Deed): string {
  if (!mode) return what.replace(ID, "");
  // The room's code and title; the mode is behind them in the hub's own words.
  const place = what.slice(0, what.lastIndexOf('"') + 1);
  const set = modeWords(say, mode);
  return `${place} ${was ? say.modeWas(set, modeWords(say, was)) : set}`.trim();
}
