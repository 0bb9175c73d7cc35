// The votes of a question: how many, and one's own, which can be given and taken back.

import type { JSX } from "preact";
import type { Question } from "../wire";
import type { Words } from "../words";

interface Props {
  votes: Question;
  /** Whoever has asked does not vote. */
  isOwn: boolean;
  onVote(on: boolean): void;
  say: Words;
}

export function Votes({ votes, isOwn, onVote, say }: Props): JSX.Element {
  const count = votes.votes.toLocaleString(say.locale);
  if (isOwn) return <span class="votes">{say.votes(votes.votes)}</span>;
  return (
    <button
      type="button"
      class="vote"
      aria-pressed={votes.mine ?? false}
      aria-label={say.vote(votes.votes)}
      onClick={() => onVote(!votes.mine)}
    >
      <span>
        <svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true" focusable="false">
          <path d="M6 2l5 8H1z" />
        </svg>
        {count}
      </span>
    </button>
  );
}
