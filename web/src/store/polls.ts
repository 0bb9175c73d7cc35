// The polls of a room: those that run, and those that were closed while one looked.

import type { Id } from "../wire";
import type { Poll } from "../wire.polls";

/** A poll as the hub tells it now. What is told to many does not say what this reader has chosen: that stays. */
export function withPoll(polls: readonly Poll[], told: Poll): Poll[] {
  const known = polls.find(({ id }) => id === told.id);
  const mine = told.mine ?? known?.mine ?? [];
  const poll = { ...told, mine };
  return known ? polls.map((one) => (one.id === told.id ? poll : one)) : [...polls, poll];
}

/** What a join tells: the polls that run. Closed ones that are on the screen stay until they are put away. */
export function withRunning(polls: readonly Poll[], running: readonly Poll[]): Poll[] {
  const closed = polls.filter((one) => one.isClosed && !running.some(({ id }) => id === one.id));
  return [...closed, ...running.map((one) => ({ ...one, mine: one.mine ?? [] }))];
}

/** The same without one that was put away. */
export const withoutPoll = (polls: readonly Poll[], id: Id): Poll[] => polls.filter((one) => one.id !== id);

/** What part of those who have voted has chosen an answer, in whole percent. */
export const share = (votes: number, voters: number): number => (voters > 0 ? Math.round((100 * votes) / voters) : 0);
