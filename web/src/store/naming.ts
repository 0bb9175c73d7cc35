// Whom one is about to name, while writing. Pure.

import type { Chatter, Id } from "../wire";
import { nicknameOf, type RoomState } from "./room";

/** How many are offered at once. */
const MOST = 5;

/** A name that is being written: where its `@` stands, and what is behind it so far. */
export interface Naming {
  readonly at: number;
  readonly start: string;
}

/** What stands before the caret, if it is the beginning of a name. Names have spaces, so one may be in it. */
export function namingAt(text: string, caret: number): Naming | null {
  const found = /(?:^|\s)@([^@\n]{0,20})$/.exec(text.slice(0, caret));
  return found ? { at: caret - found[1]!.length - 1, start: found[1]! } : null;
}

export interface Candidate {
  readonly id: Id;
  readonly nickname: string;
}

/** Those present whose name begins so, or has a word that does. Not oneself, and nobody who is hidden. */
export function candidates(state: RoomState, { start }: Naming): Candidate[] {
  const wanted = fold(start);
  const fits = (name: string): boolean => fold(name).startsWith(wanted) || fold(name).includes(` ${wanted}`);
  const named = (one: Chatter): Candidate => ({ id: one.id, nickname: nicknameOf(state, one) });
  return state.roster
    .filter((one) => one.id !== state.me?.id && !state.hidden.has(one.id))
    .map(named)
    .filter(({ nickname }) => fits(nickname) && fold(nickname) !== wanted.trimEnd())
    .slice(0, MOST);
}

/** The text with the whole name in it, and where the caret goes. */
export function insertName(text: string, caret: number, { at }: Naming, nickname: string): [string, number] {
  const before = `${text.slice(0, at)}@${nickname} `;
  return [before + text.slice(caret).replace(/^ /, ""), before.length];
}

const fold = (text: string): string => text.normalize("NFC").toLowerCase();
