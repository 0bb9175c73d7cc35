// The rooms that an announcement or a poll is for, in words.

import type { Id } from "../wire";
import { state } from "./app";
import { hostWords } from "./words";

/** The title of a room, or that it is for all rooms. */
export function where(room: Id | null): string {
  const say = hostWords();
  if (room === null) return say.allRoomsShort;
  return state.value.rooms?.find(({ id }) => id === room)?.title ?? say.goneRoom;
}
