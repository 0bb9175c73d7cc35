// A room's questions: those that wait for an answer, by their votes, and those that have one.

import type { JSX } from "preact";
import { Mark } from "../../components/mark";
import { mark } from "../../store/marks";
import { acts, openAbout } from "../app";
import { dropWaiting, letThrough, markAnswered, messageKey, waitingKey } from "../deeds";
import type { Asked, RoomLine, Said, Waiting } from "../wire";
import { hostWords } from "../words";
import { clock } from "./said-list";

export function QuestionsList({ room, questions }: { room: RoomLine; questions: readonly Asked[] }): JSX.Element | null {
  const say = hostWords();
  const open = questions.filter(({ isAnswered }) => !isAnswered);
  const done = questions.filter(({ isAnswered }) => isAnswered);
  if (questions.length === 0) return null;
  return (
    <section aria-labelledby="questions">
      <h3 class="channel" id="questions">
        {say.questions(open.length)}
      </h3>
      <ul class="reports">
        {open.map((asked) => (
          <li key={asked.id}>
            <Question room={room} asked={asked} />
          </li>
        ))}
      </ul>
      {done.length > 0 && (
        <details class="in-room">
          <summary>{say.answeredOnes(done.length)}</summary>
          <ul class="reports">
            {done.map((asked) => (
              <li key={asked.id}>
                <Question room={room} asked={asked} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

/** The questions that the host reads first: each goes into the room, or nobody else reads it. */
export function WaitingList({ waiting }: { waiting: readonly Waiting[] }): JSX.Element | null {
  const say = hostWords();
  const left = waiting.filter(({ id }) => !acts.concerns(waitingKey(id)));
  if (left.length === 0) return null;
  return (
    <section aria-labelledby="waiting">
      <h3 class="channel" id="waiting">
        {say.waiting(left.length)}
      </h3>
      <ul class="reports">
        {left.map((one) => (
          <li key={one.id}>
            <Held one={one} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Held({ one }: { one: Waiting }): JSX.Element {
  const say = hostWords();
  const { chatter, nickname, content, at } = one;
  const face = mark({ id: chatter, nickname });
  return (
    <article class="report">
      <div class="line">
        <Mark of={face} />
        <span class="line-body">
          <span class="line-head">
            <bdi class={`who tint-${face.tint}`}>{nickname}</bdi>
            <time>{clock(at, say.locale)}</time>
          </span>
          <span class="line-text" dir="auto">
            {content}
          </span>
        </span>
      </div>
      <div class="report-acts">
        <button type="button" class="button" onClick={() => letThrough(one)}>
          {say.letThrough}
        </button>
        <button type="button" class="button" onClick={() => dropWaiting(one)}>
          {say.dropIt}
        </button>
      </div>
    </article>
  );
}

function Question({ room, asked }: { room: RoomLine; asked: Asked }): JSX.Element {
  const say = hostWords();
  const { chatter, nickname, content, at, votes, isAnswered } = asked;
  const face = mark({ id: chatter, nickname });
  const place = { room: room.id, code: room.code, title: room.title };
  const message: Said = { ...asked, ...place, isNotice: false, takenBack: false };
  return (
    <article class={`report ${acts.concerns(messageKey(message)) ? "line-going" : ""}`}>
      <button type="button" class="line" aria-haspopup="dialog" onClick={() => openAbout({ kind: "message", message })}>
        <Mark of={face} />
        <span class="line-body">
          <span class="line-head">
            <bdi class={`who tint-${face.tint}`}>{nickname}</bdi>
            <b class="line-votes">{say.votes(votes)}</b>
            <time>{clock(at, say.locale)}</time>
          </span>
          <span class="line-text" dir="auto">
            {content}
          </span>
        </span>
      </button>
      <div class="report-acts">
        <button type="button" class="button" onClick={() => markAnswered(room, asked)}>
          {isAnswered ? say.notAnswered : say.answered}
        </button>
      </div>
    </article>
  );
}
