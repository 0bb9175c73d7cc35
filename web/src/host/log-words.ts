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

/** A name or a title in quotes, as the hub writes it in front of its own words, which have no quotes. */
const QUOTED = /^(.*") (.+)$/s;

function plainWords(say: HostWords, { deed, what }: Deed): string {
  const [, quoted, words] = QUOTED.exec(what) ?? [];
  if (!quoted || !words) return what;
  if (deed === "room history" && words === "all") return `${quoted} ${say.historyAll}`;
  if (deed === "room history" && words === "joined") return `${quoted} ${say.historyJoined}`;
  const minutes = deed === "chatter mute" && /^for (\d+) min$/.exec(words);
  return minutes ? `${quoted} ${say.forMinutes(Number(minutes[1]))}` : what;
}

export function aboutWhat(say: HostWords, deed: Deed): string {
  const { what, mode, was } = deed;
  if (!mode) return plainWords(say, deed).replace(ID, "");
  // The room's code and title; the mode is behind them in the hub's own words.
  const place = what.slice(0, what.lastIndexOf('"') + 1);
  const set = modeWords(say, mode);
  return `${place} ${was ? say.modeWas(set, modeWords(say, was)) : set}`.trim();
}
