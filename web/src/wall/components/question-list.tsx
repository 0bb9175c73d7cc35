// The questions with the most votes, the first above.

import type { JSX } from "preact";
import type { Question } from "../wire";
import type { WallWords } from "../words";

export function QuestionList({ all, say }: { all: readonly Question[]; say: WallWords }): JSX.Element {
  if (all.length === 0) return <p class="quiet">{say.noQuestions}</p>;
  return (
    <ul class="asked">
      {all.map(({ seq, content, chatter, question: { votes, answered } }) => (
        <li key={seq} class={answered ? "answered" : ""} data-key={seq}>
          <b class="votes">{say.votes(votes)}</b>
          <div>
            <p class="text" dir="auto">
              {content}
            </p>
            <p class="by">
              <bdi>{chatter.nickname}</bdi>
              {answered && <i>{say.answered}</i>}
            </p>
          </div>
        </li>
      ))}
    </ul>
  );
}
