// The rooms that this page is in, as its views see them: their states, what the lobby and the tab say of them, and who hears
// of what comes. In the room's chunk.

import { effect, signal, type Signal } from "@preact/signals";
import { api, identity, lobby, memory, news, stays } from "./app";
import { socketConnect } from "./client/connection";
import { newKey } from "./client/key";
import { Rooms } from "./client/rooms";
import { MET, type Session } from "./client/session";
import { browserMemory } from "./client/storage";
import { newIn, sameStays } from "./store/stays";
import type { RoomState } from "./store/room";

/** Who hears what comes in each room (`components/attention.tsx`). */
export interface Hearer {
  hear(state: RoomState): void;
  leave(roomId: string): void;
}

let hearer: Hearer | null = null;
const drawn = new WeakMap<Session, { state: Signal<RoomState>; draw(): void }>();

const around = {
  api,
  identity,
  memory,
  newKey,
  connect: socketConnect(
    location.origin,
    () => memory.get(MET) !== null,
    () => identity.token,
  ),
  now: () => Date.now(),
  wait: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
};

export const rooms = new Rooms(around, browserMemory(() => sessionStorage), {
  changed(session) {
    drawn.get(session)?.draw();
    hearer?.hear(session.state);
    count();
  },
  gone({ state }) {
    if (state.room) hearer?.leave(state.room.id);
    count();
  },
});

/** A session's state, for a view that follows it. */
export function stateOf(session: Session): RoomState {
  let one = drawn.get(session);
  if (!one) {
    const state = signal(session.state);
    one = { state, draw: calmly(() => (state.value = session.state)) };
    drawn.set(session, one);
  }
  return one.state.value;
}

/** From now on somebody hears what comes. */
export function listen(to: Hearer): void {
  hearer = to;
  for (const session of rooms.all()) to.hear(session.state);
}

/** One drawing for a burst of changes: a phone that comes back to a busy room has better things to do. */
const BURST = 40;

function calmly(show: () => void): () => void {
  let resting = false;
  let wanted = false;
  return function changed(): void {
    if (resting) {
      wanted = true;
      return;
    }
    show();
    resting = true;
    setTimeout(() => {
      resting = false;
      if (wanted) {
        wanted = false;
        changed();
      }
    }, BURST);
  };
}

const count: () => void = calmly(() => {
  const now = rooms.stays();
  if (!sameStays(now, stays.value)) stays.value = now;
  news.value = newIn(now.values(), !document.hidden);
});

const look = (): void => rooms.watch(!document.hidden);
look();

/** A view has come, which says first what was read: whether it is looked at is told behind it. */
export function viewed(): void {
  document.removeEventListener("visibilitychange", look);
  document.addEventListener("visibilitychange", look);
  count();
}
addEventListener("online", () => rooms.wake());
// Taken out of the browser's back-forward cache: its connections did not survive that.
addEventListener("pageshow", ({ persisted }) => void (persisted && rooms.wake()));

viewed();
effect(() => rooms.listed(lobby.value.rooms ?? []));
