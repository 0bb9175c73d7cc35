// Reading far back: a stretch of messages away from the newest, shown instead of the log until the two meet. Pure.
//
// The log goes on meanwhile: what comes is received there, in order, and counted.

import type { Message } from "../wire";
import { emptyLog, fill, hasOlder, open, prepend, react, takeBack, type Counts, type Log } from "./log";
import { asked } from "./questions";
import type { RoomState } from "./room";

/** A message to be shown. */
export interface Goal {
  readonly seq: number;
}

type Shown = Pick<RoomState, "log" | "past">;

/** The messages that are shown. */
export const shown = ({ log, past }: Shown): Log => past ?? log;

/** Whether a stretch has everything there is around a place. */
export const reaches = ({ from, upTo }: Log, seq: number): boolean => upTo !== null && from <= seq && seq <= upTo;

export const messageAt = (state: Shown, seq: number): Message | undefined =>
  shown(state).messages.find((message) => message.seq === seq);

/** The state with the messages around a place, which is `goal` now; `more`: there are older ones. */
export function withPast(state: RoomState, messages: Message[], more: boolean, goal: Goal): RoomState {
  const { gone, firstSeq } = state.log;
  const past = open({ ...emptyLog, gone }, messages, 0, more, firstSeq);
  return met({ ...state, past, goal, going: null, older: "idle", newer: "idle" });
}

/** The state with the messages that follow the stretch; `more`: there are more. */
export function withNewer(state: RoomState, messages: Message[], more: boolean): RoomState {
  if (!state.past) return state;
  const past = fill(state.past, messages, false);
  // Where nothing else follows, places up to the log are empty.
  const upTo = more ? past.upTo! : Math.max(past.upTo!, state.log.from - 1);
  return met({ ...state, past: { ...past, upTo }, newer: "idle" });
}

/** The state with an older page. */
export function withOlder(state: RoomState, messages: Message[], more: boolean): RoomState {
  const longer = prepend(shown(state), messages, more);
  return { ...state, older: "idle", ...(state.past ? { past: longer } : { log: longer }) };
}

/** A stretch that has reached the log is its beginning. */
function met(state: RoomState): RoomState {
  const { past, log } = state;
  if (!past || past.upTo! + 1 < log.from) return state;
  return { ...state, past: null, log: prepend(log, [...past.messages], hasOlder(past)) };
}

export const withReacted = (state: RoomState, reacted: Counts): RoomState => ({
  ...state,
  asked: asked(state.asked, reacted),
  log: react(state.log, reacted),
  past: state.past && react(state.past, reacted),
});

export const withTakenBack = (state: RoomState, seqs: readonly number[]): RoomState => ({
  ...state,
  log: takeBack(state.log, seqs),
  past: state.past && takeBack(state.past, seqs),
});
