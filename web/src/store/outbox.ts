// What was written and is not yet known to be committed. Pure; `client/outbox-storage.ts` keeps it.

import type { ErrorCode, Message } from "../wire";

export interface Outgoing {
  /** Chosen here, once per message: the hub stores a key of one chatter once, so a retry is never a double. */
  readonly key: string;
  readonly content: string;
  /** When it was written, in this phone's time, for the order of what is resent after a reload. */
  readonly at: number;
  readonly state: "sending" | "failed";
  /** Why the hub refused, when it did. */
  readonly problem: ErrorCode | null;
}

export type Outbox = readonly Outgoing[];

export const add = (outbox: Outbox, key: string, content: string, at: number): Outbox => [
  ...outbox,
  { key, content, at, state: "sending", problem: null },
];

export const drop = (outbox: Outbox, key: string): Outbox => outbox.filter((one) => one.key !== key);

export const fail = (outbox: Outbox, key: string, problem: ErrorCode): Outbox =>
  outbox.map((one) => (one.key === key ? { ...one, state: "failed", problem } : one));

/** Tries a failed one again, at the end: what was written since has been sent already. */
export function retry(outbox: Outbox, key: string): Outbox {
  const again = outbox.find((one) => one.key === key);
  return again ? [...drop(outbox, key), { ...again, state: "sending", problem: null }] : outbox;
}

/** The next to send. One at a time, so that a refusal in the middle cannot change their order. */
export const next = (outbox: Outbox): Outgoing | undefined => outbox.find((one) => one.state === "sending");

/**
 * The one in flight, when `message` is its broadcast. The hub broadcasts before it acknowledges and
 * a broadcast carries no key; without this one's own words would stand there twice for a moment.
 */
export function inFlight(outbox: Outbox, message: Message): Outgoing | undefined {
  const first = next(outbox);
  return first && same(first.content, message.content) ? first : undefined;
}

const same = (a: string, b: string): boolean => a.normalize("NFC").trim() === b.normalize("NFC").trim();
