// What of the log can still be undone: the newest line of each kind about somebody or something, while what it did stands.

import type { HostState } from "./state";
import type { Announced, Banned, Deed, Muted, RoomLine } from "./wire";

export type Opposite =
  | { name: "unmute"; mute: Muted }
  | { name: "unban"; ban: Banned }
  | { name: "rename"; id: string; from: string; to: string }
  | { name: "open"; room: RoomLine }
  | { name: "openAll" }
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

function opposite({ deed, subject, what }: Deed, { rooms, mutes, bans, announced }: Known): Opposite | null {
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
      return room?.mode && room.mode !== "open" ? { name: "open", room } : null;
    case "hub mode":
      return rooms?.some(({ mode }) => mode && mode !== "open") ? { name: "openAll" } : null;
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

/** The opposites of the lines of a log, the newest first; `null` for a line that has none. */
export function opposites(log: readonly Deed[], known: Known): (Opposite | null)[] {
  const seen = new Set<string>();
  return log.map((deed) => {
    const key = keyOf(deed);
    if (seen.has(key)) return null;
    seen.add(key);
    return opposite(deed, known);
  });
}
