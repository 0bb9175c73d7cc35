// The polls that an event file has prepared, to be asked one after the other.

import type { JSX } from "preact";
import { Icon } from "../../components/icons";
import { useStill } from "../../components/still";
import { acts, state } from "../app";
import { askPrepared, dropPrepared, pollKey } from "../deeds";
import type { PreparedLine } from "../wire";
import { where } from "../where";
import { hostWords } from "../words";

export function Prepared(): JSX.Element | null {
  const say = hostWords();
  const { prepared } = useStill(state.value);
  if (prepared.length === 0) return null;
  return (
    <section aria-labelledby="prepared">
      <h2 class="channel" id="prepared">
        {say.prepared(prepared.length)}
      </h2>
      <ol class="prepared">
        {prepared.map((poll) => (
          <li key={poll.id} class={acts.concerns(pollKey(poll.id)) ? "going" : undefined}>
            <One poll={poll} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function One({ poll }: { poll: PreparedLine }): JSX.Element {
  const say = hostWords();
  const { room, question, options, results, minutes } = poll;
  return (
    <>
      <Icon name="poll" />
      <div class="line-body">
        <p dir="auto">{question}</p>
        <p class="soft prepared-options">
          {options.map((option, place) => (
            <span key={place}>
              {place > 0 && " · "}
              <bdi>{option}</bdi>
            </span>
          ))}
        </p>
        <p class="soft">
          <bdi>{where(room)}</bdi> · {minutes ? say.duration.minute(minutes) : say.untilClosed} · {say.pollResults[results]}
        </p>
        <div class="prepared-acts">
          <button type="button" class="button primary" onClick={() => askPrepared(poll)}>
            {say.askPrepared}
            <span class="unseen">: {question}</span>
          </button>
          <button type="button" class="button" onClick={() => dropPrepared(poll)}>
            {say.dropPrepared}
            <span class="unseen">: {question}</span>
          </button>
        </div>
      </div>
    </>
  );
}
