// The questions of a room, by votes or by time; each leads to where it stands.
//
// Their order is that of the moment at which they were fetched: nothing moves under a finger. Votes change in place.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { api } from "../app";
import type { Session } from "../client/session";
import { closeSheet } from "../route";
import { mayTalk, markOf, nicknameOf, type RoomState } from "../store/room";
import { votesOf } from "../store/questions";
import type { Message, Question } from "../wire";
import { sheetWords } from "../words.sheets";
import { Mark } from "./mark";
import { Sheet } from "./sheet";
import { Votes } from "./votes";

type Sort = "votes" | "time";

/** The order that was chosen last. */
const sort = signal<Sort>("votes");

interface Props {
  state: RoomState;
  session: Session;
}

interface Fetched {
  messages: Message[];
  /** From where to go on; `null` where these are all. */
  after: string | null;
}

export function QuestionsSheet({ state, session }: Props): JSX.Element {
  const say = sheetWords();
  const roomId = state.room!.id;
  const [all, setAll] = useState<Fetched | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const asked = useRef(0);
  const list = useRef<HTMLDivElement>(null);

  const fetch = async (before: Fetched | null): Promise<void> => {
    const own = (asked.current += 1);
    setProblem(null);
    const answer = await api.questions(roomId, sort.value, before?.after ?? null).catch(() => null);
    if (asked.current !== own) return;
    if (!answer) return setProblem(say.questionsFailed);
    if (!answer.ok) return setProblem(say.refused[answer.refusal.code].join(". "));
    const { messages, after } = answer.data;
    const known = before?.messages ?? [];
    const fresh = messages.filter(({ seq }) => !known.some((one) => one.seq === seq));
    setAll({ messages: [...known, ...fresh], after });
    if (before) setTimeout(() => list.current?.querySelectorAll<HTMLElement>(".question-text")[known.length]?.focus());
  };
  useEffect(() => {
    setAll(null);
    void fetch(null);
  }, [sort.value]);

  const shown = (all?.messages ?? []).flatMap((message) => {
    const votes = state.hidden.has(message.chatterId) ? null : votesOf(state, message);
    return votes ? [{ message, votes }] : [];
  });
  const open = shown.filter(({ votes }) => !votes.answered);
  const done = shown.filter(({ votes }) => votes.answered);
  const status = problem ?? (all === null ? say.finding : shown.length === 0 ? say.noQuestions : "");
  return (
    <Sheet title={say.questions} class="questions-sheet">
      <div class="choice" role="group" aria-label={say.questionOrder}>
        {(["votes", "time"] as const).map((one) => (
          <button type="button" key={one} aria-pressed={sort.value === one} onClick={() => (sort.value = one)}>
            {say.questionsBy[one]}
          </button>
        ))}
      </div>
      <p class="soft find-status" role="status">
        {status}
      </p>
      <div ref={list} aria-busy={all === null && problem === null}>
        <Questions all={open} state={state} session={session} />
        {done.length > 0 && <h3 class="questions-done">{say.answered}</h3>}
        <Questions all={done} state={state} session={session} />
      </div>
      {all !== null && all.after !== null && (
        <button type="button" class="button wide" onClick={() => void fetch(all)}>
          {say.moreQuestions}
        </button>
      )}
      {problem !== null && (
        <button type="button" class="button wide" onClick={() => void fetch(all)}>
          {say.retryNow}
        </button>
      )}
    </Sheet>
  );
}

interface Shown {
  message: Message;
  votes: Question;
}

function Questions({ all, state, session }: Props & { all: Shown[] }): JSX.Element | null {
  const say = sheetWords();
  const go = (seq: number): void => {
    closeSheet();
    void session.reader.goTo(seq);
  };
  if (all.length === 0) return null;
  return (
    <ul class="questions">
      {all.map(({ message, votes }) => (
        <li key={message.seq}>
          <Votes
            votes={votes}
            isOwn={message.chatterId === state.me?.id || !mayTalk(state)}
            onVote={(on) => void session.acts.vote(message.seq, on)}
            say={say}
          />
          <button type="button" class="question-text" onClick={() => go(message.seq)}>
            <span class="soft">
              <Mark of={markOf(state, message.chatter)} />
              <bdi>{nicknameOf(state, message.chatter)}</bdi>
            </span>
            <span dir="auto">{message.content}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
