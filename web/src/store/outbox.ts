// Messages that were written and are not yet known to be committed. Pure; `client/outbox-storage.ts` keeps it.

import type { ErrorCode, Id, Message } from "../wire";

export interface Outgoing {
  /** Chosen here, once per message: the hub stores a key of one chatter once, so a retry is never a double. */
  readonly key: string;
  readonly content: string;
  /** What it answers. */
  readonly replyTo: Answered | null;
  /** Whom it names. */
  readonly mentions: readonly Id[];
  /** Whether it is asked as a question. */
  readonly isQuestion?: boolean;
  /** Its place among what this browser wrote in the room: counted, since a clock can be set back. */
  readonly place: number;
  /** When it was written, in this phone's time, to forget it some day. */
  readonly at: number;
  /** `held`: the hub has it, and the host reads it first. */
  readonly state: "sending" | "failed" | "held";
  /** Why the hub refused, when it did. */
  readonly problem: ErrorCode | null;
}

/** What a message answers, as it is shown while it is on its way. */
export interface Answered {
  readonly seq: number;
  readonly nickname: string;
  readonly excerpt: string;
}

export type Outbox = readonly Outgoing[];

/** `after` is the last place that is taken in this browser, by another tab perhaps. */
export const add = (
  outbox: Outbox,
  key: string,
  content: string,
  at: number,
  after = 0,
  replyTo: Answered | null = null,
  mentions: readonly Id[] = [],
  isQuestion = false,
): Outbox => {
  const place = placeAfter(outbox, after);
  return [...outbox, { key, content, replyTo, mentions, isQuestion, place, at, state: "sending", problem: null }];
};

const placeAfter = (outbox: Outbox, after: number): number =>
  1 + outbox.reduce((last, one) => Math.max(last, one.place), after);

/** In the order in which they were written. An earlier version of the page kept no places, only times. */
export const inOrder = (a: Outgoing, b: Outgoing): number => a.place - b.place || a.at - b.at;

export const drop = (outbox: Outbox, key: string): Outbox => outbox.filter((one) => one.key !== key);

export const fail = (outbox: Outbox, key: string, problem: ErrorCode): Outbox =>
  outbox.map((one) => (one.key === key ? { ...one, state: "failed", problem } : one));

/** The hub has it, and the host reads it first. */
export const hold = (outbox: Outbox, key: string): Outbox =>
  outbox.map((one) => (one.key === key ? { ...one, state: "held", problem: null } : one));

/** Asks once more for those that the host reads first: the hub says by their keys what became of them. */
export const askAgain = (outbox: Outbox): Outbox =>
  outbox.map((one) => (one.state === "held" ? { ...one, state: "sending" } : one));

/** Without those that the host would have read first. */
export const unheld = (outbox: Outbox): Outbox => outbox.filter((one) => one.state !== "held");

/** The one that the host has let through, when `message` is that. */
export const letThrough = (outbox: Outbox, message: Message): Outgoing | undefined =>
  message.question && outbox.find((one) => one.state === "held" && same(one.content, message.content));

/** Tries a failed one again, at the end: what was written since has been sent already. */
export function retry(outbox: Outbox, key: string, after = 0): Outbox {
  const again = outbox.find((one) => one.key === key);
  const place = placeAfter(outbox, after);
  if (!again) return outbox;
  // What it answered is gone: what was written is sent all the same.
  const replyTo = again.problem === "no_such_message" ? null : again.replyTo;
  return [...drop(outbox, key), { ...again, replyTo, place, state: "sending", problem: null }];
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
