// People and messages for the tests, as short as the stories that use them.

import type { Alert, Chatter, Message, Room } from "../src/wire";

export const ROOM = "room-1";

export const chatter = (id: string, nickname = id): Chatter => ({
  id,
  nickname,
  createdAt: "2024-09-25T02:00:00.000Z",
  deletedAt: null,
  isActive: true,
});

export const START = Date.parse("2024-09-25T02:00:00.000Z");

export function said(seq: number, who = "fox", content = `m${seq}`, second = seq): Message {
  const sentAt = new Date(START + second * 1000).toISOString();
  return { id: 100 + seq, seq, type: "MESSAGE", content, sentAt, roomId: ROOM, chatterId: who, chatter: chatter(who) };
}

export const alerted = (seq: number, who: string, alert: Alert, second = seq): Message => ({
  ...said(seq, who, "", second),
  type: "ALERT",
  alert,
  from: "hub",
});

export const room: Room = {
  id: ROOM,
  code: "K7PMX3",
  title: "room",
  namespace: "anonymous",
  capacity: 0,
  present: 1,
  createdAt: "2024-09-25T02:00:00.000Z",
  expiresAt: "2024-09-26T02:00:00.000Z",
  isExpired: false,
  isPassword: false,
  isShut: false,
  userId: null,
};

export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, at) => from + at);

/** How long nothing may move before a test fails, and after how long a wait ends in any case, in ms. */
const PATIENCE = 10_000;
const HANGS = 60_000;

/**
 * Waits until `check` passes, and throws what it complains of. The wait ends when that has been the same for `patience`,
 * so that a slow machine is waited for as long as it gets on.
 */
export async function until(check: () => void, patience = PATIENCE, hangs = HANGS): Promise<void> {
  const begun = performance.now();
  for (let complaint = "", since = begun; ; ) {
    try {
      return check();
    } catch (error) {
      const now = String(error);
      if (now !== complaint) [complaint, since] = [now, performance.now()];
      if (performance.now() - since > patience || performance.now() - begun > hangs) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
