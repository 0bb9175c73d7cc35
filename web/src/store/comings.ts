// Comings and goings: which of them are told at all, and many of them in one line. Pure.

import type { Id, Message } from "../wire";

/** Nobody is told of people who were away for less than this. */
const BLINK = 60_000;

const isOne = (message: Message, kind: "joined" | "left"): boolean =>
  message.alert?.kind === kind && message.alert.count <= 1;

export const isComing = ({ alert }: Message): boolean => alert?.kind === "joined" || alert?.kind === "left";

/** The seqs of goings and comings back within a minute: a phone that slept, not a person who left. */
export function blinks(messages: readonly Message[]): ReadonlySet<number> {
  const folded = new Set<number>();
  const gone = new Map<Id, Message>();
  for (const message of messages) {
    if (isOne(message, "left")) gone.set(message.chatterId, message);
    if (!isOne(message, "joined")) continue;
    const left = gone.get(message.chatterId);
    gone.delete(message.chatterId);
    if (left && Date.parse(message.sentAt) - Date.parse(left.sentAt) < BLINK) folded.add(left.seq).add(message.seq);
  }
  return folded;
}

/** Whether a notice tells of the coming of somebody who came for the first time at `cameAt`, in the hub's time. */
export const isFirstComing = (message: Message, cameAt: number): boolean =>
  isOne(message, "joined") && Date.parse(message.sentAt) - cameAt < BLINK;

export interface Group {
  /** A notice of each whose name is known. */
  named: Message[];
  /** How many they are in all: notices of a crowd name one of many. */
  count: number;
}

/** Those in a run of notices who came (or left), each once. `me` is told of elsewhere. */
export function group(run: readonly Message[], kind: "joined" | "left", me: Id | null): Group {
  const named = new Map<Id, Message>();
  let count = 0;
  for (const message of run) {
    if (message.alert?.kind !== kind) continue;
    const isOwn = message.chatterId === me && message.alert.count > 1;
    const isKnown = isOwn || named.has(message.chatterId);
    count += Math.max(1, message.alert.count) - (isKnown ? 1 : 0);
    if (!isKnown) named.set(message.chatterId, message);
  }
  return { named: [...named.values()], count };
}
