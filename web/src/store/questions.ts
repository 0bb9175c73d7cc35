// The questions of a room: what is known of their votes, wherever they are shown. Pure.

import type { Message, Question } from "../wire";
import type { Counts } from "./log";
import type { RoomState } from "./room";

/** The votes that were told since one came, by the seq of the question. */
export type Asked = ReadonlyMap<number, Question>;

/** The same after a change of a message. */
export function asked(all: Asked, { seq, question }: Counts): Asked {
  if (!question) return all;
  const mine = question.mine ?? all.get(seq)?.mine;
  return new Map(all).set(seq, { ...question, ...(mine !== undefined && { mine }) });
}

/** The votes of a question as they are now; `null` for a message that is none, or was taken back. */
export function votesOf({ asked, log }: Pick<RoomState, "asked" | "log">, message: Message): Question | null {
  const { question, seq, takenBack } = message;
  if (!question || takenBack || log.gone.has(seq)) return null;
  return { ...question, ...asked.get(seq) };
}

/** Whether there is a question among what is known of a room. */
export const hasQuestions = ({ log, asked }: Pick<RoomState, "log" | "asked">): boolean =>
  asked.size > 0 || log.messages.some((message) => message.question !== undefined);
