import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { slowedFor, type RoomState } from "../store/room";
import { words } from "../words";

/** In a slow room, where one otherwise reads who is typing: how often each writes, and how long one still waits. */
export function SlowLine({ state }: { state: RoomState }): JSX.Element {
  const say = words();
  const [, redraw] = useState(0);
  const rest = Math.ceil(slowedFor(state, Date.now()) / 1000);
  useEffect(() => {
    if (rest === 0) return;
    const timer = setTimeout(() => redraw((count) => count + 1), slowedFor(state, Date.now()) % 1000 || 1000);
    return () => clearTimeout(timer);
  });
  return <p class="typing slow">{rest > 0 ? say.slowFor(clock(rest)) : say.slow(clock(state.room?.every ?? 0))}</p>;
}

/** A wait as people read it off a clock: `0:30`. */
const clock = (seconds: number): string => `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
