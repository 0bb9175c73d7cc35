// What of the log can still be undone: the newest line of each kind about somebody or something, while what it did stands.

import type { HostState, Setting } from "./state";
import type { Announced, Banned, Deed, ModeLine, Muted, RoomLine } from "./wire";

export type Opposite =
  | { name: "unmute"; mute: Muted }
  | { name: "unban"; ban: Banned }
  | { name: "rename"; id: string; from: string; to: string }
  | { name: "mode"; room: RoomLine; to: Setting }
  | { name: "allModes"; to: Setting }
  | { name: "history"; room: RoomLine; to: RoomLine["history"] }
  | { name: "takeDown"; announced: Announced };

type Known = Pick<HostState, "rooms" | "mutes" | "bans" | "announced">;

/** What a line is about, among the lines that change the same. */
function keyOf({ deed, subject }: Deed): string {
  const kind = /^room (mode|lock|unlock)$/.test(deed) ? "mode" : deed.replace(" un", " ");
  return `${kind} ${subject ?? ""}`;
}

/** Two names, as the hub's log quotes them: that before and that after. */
const NAMES = /^\S+ ("(?:[^"\\]|\\.)*") ("(?:[^"\\]|\\.)*")/;

function names(what: string): [string, string] | null {
  const [, before, after] = NAMES.exec(what) ?? [];
  try {
    return before && after ? [JSON.parse(before) as string, JSON.parse(after) as string] : null;
  } catch {
    // A name that the hub quotes in another way than JSON does.
    return null;
  }
}

/**
 * The mode to go back to: that before, whose time has gone on meanwhile. An older hub does not tell it, and of several rooms
 * it may have been one each; then it is an open room.
 */
function before({ at, was }: Deed, now: number): Setting {
  if (!was || was.mode === "open") return { mode: "open" };
  const { mode, every, hereFor, minutes } = was;
  const rest = minutes ? minutes - Math.max(0, Math.floor((now - Date.parse(at)) / 60_000)) : null;
  if (rest !== null && rest <= 0) return { mode: "open" };
  return { mode, ...(every ? { every } : {}), ...(hereFor ? { hereFor } : {}), ...(rest ? { minutes: rest } : {}) };
}

/** Whether a room is as it was set. */
const isSo = ({ mode, every, hereFor }: RoomLine, set: ModeLine): boolean =>
  mode === set.mode && (every ?? null) === (set.every ?? null) && (hereFor ?? null) === (set.hereFor ?? null);

/** What a mode of one room was before, where it stands. */
function modeBefore(deed: Deed, room: RoomLine, now: number): Opposite | null {
  if (!room.mode) return null;
  const to = before(deed, now);
  // Without `mode` the line is an older hub's.
  const stands = deed.mode ? isSo(room, deed.mode) : room.mode !== "open";
  return stands && !isSo(room, to) ? { name: "mode", room, to } : null;
}

function opposite(line: Deed, { rooms, mutes, bans, announced }: Known, now: number): Opposite | null {
  const { deed, subject, what } = line;
  const room = rooms?.find(({ code }) => code === subject);
  switch (deed) {
    case "chatter mute": {
      const mute = mutes?.find(({ id }) => id === subject);
      return mute ? { name: "unmute", mute } : null;
    }
    case "chatter ban": {
      const ban = bans.find(({ id }) => id === subject);
      return ban ? { name: "unban", ban } : null;
    }
    case "chatter rename": {
      const both = names(what);
      return both && subject ? { name: "rename", id: subject, from: both[1], to: both[0] } : null;
    }
    case "room mode":
    case "room lock":
    case "room unlock":
      return room ? modeBefore(line, room, now) : null;
    case "hub mode": {
      const to = before(line, now);
      return rooms?.some((one) => one.mode && !isSo(one, to)) ? { name: "allModes", to } : null;
    }
    case "room history":
      // The other of two; what stands already needs no opposite.
      return room && what.endsWith(` ${room.history}`) ? { name: "history", room, to: other(room.history) } : null;
    case "announce add": {
      const shown = announced?.find(({ id }) => id === subject);
      return shown ? { name: "takeDown", announced: shown } : null;
    }
    default:
      return null;
  }
}

const other = (history: RoomLine["history"]): RoomLine["history"] => (history === "all" ? "joined" : "all");

/** The opposites of the lines of a log, the newest first; `null` for a line that has none. `now` is the hub's time. */
export function opposites(log: readonly Deed[], known: Known, now: number): (Opposite | null)[] {
  const seen = new Set<string>();
  return log.map((deed) => {
    const key = keyOf(deed);
    if (seen.has(key)) return null;
    seen.add(key);
    return opposite(deed, known, now);
  });
}
