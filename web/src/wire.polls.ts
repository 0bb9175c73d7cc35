// Polls on the wire: what the host asks a room or all, as `wire.ts` has everything else.

import { has, isObject, readList, type Id, type Reader } from "./wire";

/** When people see how many have chosen each answer. */
export type PollResults = "at_once" | "after_voting" | "at_end";

export interface PollOption {
  text: string;
  /** `null` where this reader may not see it yet. */
  votes: number | null;
}

export interface Poll {
  id: Id;
  /** `null` for all rooms. */
  roomId: Id | null;
  question: string;
  options: PollOption[];
  /** How many people have voted. */
  voters: number;
  /** The places of the options that this reader has chosen; absent where the poll is told to many. */
  mine?: number[];
  /** Whether several can be chosen. */
  multiple: boolean;
  results: PollResults;
  sentAt: string;
  /** When it closes by itself, by the hub's estimate; the hub says when it has. */
  closesAt: string | null;
  isClosed: boolean;
  closedAt: string | null;
}

const isOption = (value: unknown): boolean => isObject(value) && has(value, { text: "string" });

export const readPoll: Reader<Poll> = (value) =>
  isObject(value) &&
  has(value, { id: "string", question: "string", voters: "number", isClosed: "boolean" }) &&
  Array.isArray(value.options) &&
  value.options.every(isOption)
    ? (value as unknown as Poll)
    : null;

export const readPolls = readList(readPoll);

/** The polls of a room, closed ones among them, the oldest first. */
export const readPollList: Reader<Poll[]> = (value) => (isObject(value) ? readPolls(value.polls) : null);
