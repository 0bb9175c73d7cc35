// What the lobby and the tab say of the rooms one is in. Pure.

import type { Id, Message } from "../wire";
import type { RoomState } from "./room";
import { isNews } from "./rows";

export interface Stay {
  /** How many are there now: fresher than the lobby's last look. */
  present: number;
  /** How many messages came while one did not look. */
  fresh: number;
  /** How many of them name one. */
  named: number;
}

/** The rooms one is in, by their ids. */
export type Stays = ReadonlyMap<Id, Stay>;

export function stayOf({ present, unreadFrom, log, me, hidden }: RoomState, watched: boolean): Stay {
  const id = me?.id ?? null;
  let [fresh, named] = [0, 0];
  const { messages } = log;
  const from = watched || unreadFrom === null ? Infinity : unreadFrom;
  for (let at = messages.length - 1; at >= 0 && messages[at]!.seq >= from; at -= 1) {
    if (!isNews(messages[at]!, id, hidden)) continue;
    fresh += 1;
    if (names(messages[at]!, id)) named += 1;
  }
  return { present, fresh, named };
}

export const names = ({ mentions }: Message, id: Id | null): boolean => id !== null && mentions?.includes(id) === true;

/**
 * How much is new for the tab to say: while nobody looks at the page all that is, else what names one in other rooms than
 * the one on the screen, which is read already.
 */
export function newIn(stays: Iterable<Stay>, looking: boolean): number {
  let count = 0;
  for (const { fresh, named } of stays) count += looking ? named : fresh;
  return count;
}

export const sameStays = (a: Stays, b: Stays): boolean =>
  a.size === b.size &&
  [...a].every(([id, { present, fresh, named }]) => {
    const other = b.get(id);
    return other?.present === present && other.fresh === fresh && other.named === named;
  });
