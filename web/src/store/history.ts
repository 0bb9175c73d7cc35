// Where a room's history begins for this reader, and what may be said of a room in which nothing stands. Pure.

import { hasOlder } from "./log";
import { typists, type RoomState } from "./room";

/** What is above the oldest message here: `older` ones to fetch, ones no longer kept, one's own coming, or nothing. */
export type Beginning = "older" | "pruned" | "came" | "room";

export function beginning({ log, pruned }: Pick<RoomState, "log" | "pruned">): Beginning {
  if (hasOlder(log)) return "older";
  if (pruned) return "pruned";
  return log.firstSeq > 1 ? "came" : "room";
}

/**
 * What an empty log means: nothing was said in the room (`room`), or nothing since one came (`came`). `null` where
 * something was said that this reader may read or could once read, or where somebody is about to say something.
 */
export function silence(state: RoomState, now: number): "room" | "came" | null {
  const { log, outbox } = state;
  const from = beginning(state);
  if (log.upTo === null || from === "older" || from === "pruned") return null;
  const isSaid = [...log.messages, ...log.held].some((message) => message.type === "MESSAGE" || message.alert?.kind === "note");
  return isSaid || outbox.length > 0 || typists(state, now).length > 0 ? null : from;
}
