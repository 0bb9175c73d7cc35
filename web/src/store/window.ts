// The window of messages that have rows in the page: of ten thousand some 160. Pure.

import type { Message } from "../wire";

export interface Window {
  /** Seq of the first message with a row; `null` before there is one. */
  readonly first: number | null;
  /** Seq of the last one, or `null`: up to the newest, also as more arrive. */
  readonly last: number | null;
}

export const OPENING = 60;
export const STEP = 50;
export const MOST = 160;
/** Rows that are kept above the first unread message. */
const BEFORE = 20;

type Messages = readonly Message[];

/** The first window of a room: the newest messages, or from shortly before the unread ones. */
export function opening(messages: Messages, unreadFrom: number | null): Window {
  return around(messages, messages.length - OPENING, unreadFrom);
}

/** How many messages have a row on either side of one that is jumped to. */
const ASIDE = 40;

/** The window around a place. */
export function near(messages: Messages, seq: number): Window {
  const at = indexOf(messages, seq);
  return cut(messages, Math.max(0, at - ASIDE), at + ASIDE + 1);
}

/** A window that has become too long, cut to size; `null` where nothing has to be cut. */
export function trimmed(
  window: Window,
  messages: Messages,
  following: boolean,
  unreadFrom: number | null,
): Window | null {
  const start = indexOf(messages, window.first ?? 0);
  if (window.last !== null || messages.length - start <= MOST + STEP) return null;
  // Rows below a reader who is not at the bottom are not needed yet; above one who is, no longer.
  if (!following) return { first: window.first, last: messages[start + MOST - 1]!.seq };
  return around(messages, messages.length - MOST, unreadFrom);
}

function around(messages: Messages, start: number, unreadFrom: number | null): Window {
  const unread = unreadFrom === null ? messages.length : firstFrom(messages, unreadFrom);
  const first = Math.max(0, Math.min(start, unread - BEFORE));
  return cut(messages, first, first + MOST);
}

/** Some rows more above. */
export function up({ first }: Window, messages: Messages): Window {
  const start = Math.max(0, indexOf(messages, first ?? 0) - STEP);
  return cut(messages, start, start + MOST);
}

/** Some rows more below. */
export function down({ first, last }: Window, messages: Messages): Window {
  const end = Math.min(messages.length, indexOf(messages, last ?? Infinity) + 1 + STEP);
  const start = Math.max(indexOf(messages, first ?? 0), end - MOST);
  return cut(messages, start, end);
}

const cut = (messages: Messages, start: number, end: number): Window => ({
  first: messages[start]?.seq ?? null,
  last: end < messages.length ? messages[end - 1]!.seq : null,
});

/** Index of the first message whose seq is `seq` or later; the last message's where there is none. */
export const indexOf = (messages: Messages, seq: number): number =>
  Math.min(firstFrom(messages, seq), Math.max(0, messages.length - 1));

function firstFrom(messages: Messages, seq: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}
