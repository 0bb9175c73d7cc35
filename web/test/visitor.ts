// Somebody who opens a room's link, at a hub without a network: the world of the tests of a session.

import { beforeEach, expect } from "vitest";
import { Session } from "../src/client/session";
import { mapMemory, type Memory } from "../src/client/storage";
import type { RoomState } from "../src/store/room";
import { FakeHub } from "./fake-hub";
import { until } from "./kit";

export let hub: FakeHub;
export let memory: Memory;
let keys = 0;
/** How long was waited, in ms. */
export const waits: number[] = [];
let held = false;

beforeEach(() => {
  hub = new FakeHub();
  memory = mapMemory();
  waits.length = 0;
  held = false;
});

/** From here on, what is waited for never comes. */
export const hold = (): void => void (held = true);

/** Somebody who opens the room's link. */
export function visitor(code = hub.room.code, onChange: (state: RoomState) => void = () => undefined): Session {
  const around = {
    api: hub.api,
    connect: hub.connect,
    identity: hub.identity,
    memory,
    newKey: () => `key-${(keys += 1)}`,
    now: () => Date.now(),
    // Waiting takes no time here; only its order counts.
    wait: (ms: number) => {
      waits.push(ms);
      return new Promise<void>((resolve) => void (held || setTimeout(resolve, 2)));
    },
  };
  const session = new Session(code, around, onChange);
  void session.start();
  return session;
}

export const phase = (session: Session, name: string): Promise<void> =>
  until(() => expect(session.state.phase.name).toBe(name));
export const seqs = (session: Session): number[] => session.state.log.messages.map((message) => message.seq);
export const contents = (session: Session): string[] => session.state.log.messages.map((message) => message.content);
