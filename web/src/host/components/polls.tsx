// The polls that run with their votes, and those that are closed.

import type { JSX } from "preact";
import { Icon } from "../../components/icons";
import { useStill } from "../../components/still";
import { share } from "../../store/polls";
import { acts, isHost, openAbout, state } from "../app";
import { closePoll, pollKey } from "../deeds";
import type { PollLine } from "../wire";
import { where } from "../where";
import { hostWords } from "../words";
import { Prepared } from "./prepared";
import { clock } from "./said-list";

export function PollsNow(): JSX.Element | null {
  const say = hostWords();
  const { polls } = useStill(state.value);
  if (!polls || (polls.length === 0 && !isHost())) return null;
  const running = polls.filter(({ closedAt }) => closedAt === null);
  const closed = polls.filter(({ closedAt }) => closedAt !== null).reverse();
  return (
    <section class="standing polls-now" aria-label={say.pollsNow}>
      {running.length > 0 && (
        <ul>
          {running.map((poll) => (
            <li key={poll.id} class={acts.concerns(pollKey(poll.id)) ? "going" : undefined}>
              <One poll={poll} />
            </li>
          ))}
        </ul>
      )}
      {isHost() && <Prepared />}
      {isHost() && (
        <button type="button" class="button wide" aria-haspopup="dialog" onClick={() => openAbout({ kind: "poll" })}>
          <Icon name="poll" />
          {say.askPoll}
        </button>
      )}
      {closed.length > 0 && (
        <details class="in-room">
          <summary>{say.pollsClosed(closed.length)}</summary>
          <ul>
            {closed.map((poll) => (
              <li key={poll.id}>
                <One poll={poll} />
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}

function One({ poll }: { poll: PollLine }): JSX.Element {
  const say = hostWords();
  const { room, question, options, voters, until, closedAt } = poll;
  const end = closedAt ? say.pollClosedAt(clock(closedAt, say.locale)) : until ? say.mutedUntil(clock(until, say.locale)) : say.untilClosed;
  return (
    <>
      <Icon name="poll" />
      <div class="line-body">
        <p dir="auto">{question}</p>
        <ul class="poll-bars">
          {options.map(({ text, votes }, place) => (
            <li key={place}>
              <bdi class="poll-answer">{text}</bdi>
              <span class="poll-count">{say.pollVotes(votes, share(votes, voters))}</span>
              <progress class="poll-bar" max={100} value={share(votes, voters)} aria-hidden="true" />
            </li>
          ))}
        </ul>
        <p class="soft">
          <bdi>{where(room)}</bdi> · {say.pollVoters(voters)} · {end}
          {!closedAt && ` · ${say.pollResults[poll.results]}`}
        </p>
      </div>
      {isHost() && !closedAt && (
        <button type="button" class="button" onClick={() => closePoll(poll)}>
          {say.closePoll}
          <span class="unseen">: {question}</span>
        </button>
      )}
    </>
  );
}
