// What the host asks, on top of a room: a form to vote with, and the votes as bars where they may be seen.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../client/session";
import { local } from "../store/clock";
import { share } from "../store/polls";
import type { RoomState } from "../store/room";
import { isolate } from "../store/text";
import type { Poll } from "../wire.polls";
import { sheetWords, type All } from "../words.sheets";
import { Icon } from "./icons";

/** The polls that run here, and those that were closed while one looked; the newest first, and the others behind it. */
export function Polls({ state, session }: { state: RoomState; session: Session }): JSX.Element | null {
  const say = sheetWords();
  const { polls } = state;
  const [open, setOpen] = useState<string | null | undefined>(undefined);
  const newest = polls[polls.length - 1];
  // A new one unfolds by itself.
  useEffect(() => setOpen(undefined), [newest?.id]);
  if (!newest) return null;
  const unfolded = open === undefined ? newest.id : open;
  return (
    <section class="polls" aria-label={say.polls}>
      {[...polls].reverse().map((poll) => {
        const isOpen = poll.id === unfolded;
        return (
          <article key={poll.id} class={`poll ${poll.isClosed ? "poll-closed" : ""}`} aria-labelledby={`poll-${poll.id}`}>
            <div class="poll-head">
              <h2>
                <button
                  type="button"
                  aria-expanded={isOpen}
                  aria-controls={`poll-body-${poll.id}`}
                  onClick={() => setOpen(isOpen ? null : poll.id)}
                >
                  <Icon name="poll" />
                  <bdi id={`poll-${poll.id}`}>{poll.question}</bdi>
                </button>
              </h2>
              {poll.isClosed && (
                <button
                  type="button"
                  class="round"
                  aria-label={say.pollAway(isolate(poll.question))}
                  onClick={() => session.acts.putAway(poll.id)}
                >
                  <Icon name="close" />
                </button>
              )}
            </div>
            <div id={`poll-body-${poll.id}`} class="poll-body" hidden={!isOpen}>
              {isOpen && <Body poll={poll} state={state} session={session} />}
            </div>
          </article>
        );
      })}
    </section>
  );
}

function Body({ poll, state, session }: { poll: Poll; state: RoomState; session: Session }): JSX.Element {
  const say = sheetWords();
  const hasVoted = (poll.mine ?? []).length > 0;
  const [isChanging, setChanging] = useState(false);
  const changing = useRef<HTMLButtonElement>(null);
  const wasChanging = useRef(false);
  const isVoting = !poll.isClosed && (!hasVoted || isChanging);
  // The button that was pressed is gone with its form.
  useLayoutEffect(() => {
    if (wasChanging.current && !isVoting) changing.current?.focus();
    wasChanging.current = isVoting && hasVoted;
  }, [isVoting, hasVoted]);
  return (
    <>
      {isVoting ? (
        <Ballot poll={poll} session={session} say={say} done={() => setChanging(false)} />
      ) : (
        <Bars poll={poll} say={say} />
      )}
      <p class="soft poll-facts" role="status">
        {[facts(poll, state, say), !isVoting && hidden(poll, say)].filter(Boolean).join(" · ")}
      </p>
      {!isVoting && !poll.isClosed && (
        <button ref={changing} type="button" class="button" onClick={() => setChanging(true)}>
          {say.pollChange}
        </button>
      )}
    </>
  );
}

/** How many have voted, and until when it runs. */
function facts(poll: Poll, { clockOffset }: RoomState, say: All): string {
  const voted = say.pollVoters(poll.voters);
  if (poll.isClosed) return `${say.pollClosed} · ${voted}`;
  const at = poll.closesAt === null ? NaN : local(poll.closesAt, clockOffset);
  if (Number.isNaN(at)) return voted;
  const time = new Intl.DateTimeFormat(say.locale, { hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
  return `${voted} · ${say.pollUntil(time)}`;
}

const isHidden = ({ options }: Poll): boolean => options.some(({ votes }) => votes === null);

/** Why there are no votes to see. */
function hidden(poll: Poll, say: All): string {
  return isHidden(poll) ? say.pollHidden[poll.results === "after_voting" ? "after_voting" : "at_end"] : "";
}

/** The votes: each answer with its number and share, and as a bar. */
export function Bars({ poll, say }: { poll: Poll; say: All }): JSX.Element {
  const { options, voters, mine = [] } = poll;
  return (
    <ul class="poll-bars">
      {options.map(({ text, votes }, place) => {
        const isMine = mine.includes(place);
        const part = votes === null ? 0 : share(votes, voters);
        return (
          <li key={place} class={isMine ? "poll-mine" : undefined}>
            <span class="poll-answer">
              {isMine && <Icon name="done" />}
              <bdi>{text}</bdi>
              {isMine && <span class="unseen"> ({say.pollMine})</span>}
            </span>
            {votes !== null && <span class="poll-count">{say.pollVotes(votes, part)}</span>}
            {votes !== null && <progress class="poll-bar" max={100} value={part} aria-hidden="true" />}
          </li>
        );
      })}
    </ul>
  );
}

function Ballot(props: { poll: Poll; session: Session; say: All; done(): void }): JSX.Element {
  const { poll, session, say, done } = props;
  const { id, options, multiple, mine = [] } = poll;
  const [chosen, choose] = useState<readonly number[]>(mine);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const vote = async (places: readonly number[]): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setProblem(null);
    const refused = await session.acts.votePoll(id, places);
    setBusy(false);
    if (refused === "unsent") return setProblem(say.pollUnsent);
    if (!refused) return done();
    const [what, remedy] = say.refused[refused.code];
    setProblem(`${what}. ${refused.retryAfter ? say.waitSeconds(Math.ceil(refused.retryAfter)) : remedy}`);
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    if (chosen.length === 0) return setProblem(say.pollNone);
    void vote(chosen);
  };
  const toggle = (place: number, on: boolean): void => {
    setProblem(null);
    if (!multiple) return choose([place]);
    choose(on ? [...chosen, place].sort((a, b) => a - b) : chosen.filter((one) => one !== place));
  };

  return (
    <form class="ballot" onSubmit={submit} noValidate>
      <fieldset aria-describedby={`poll-problem-${id}`}>
        <legend>{multiple ? say.pollSeveral : say.pollOne}</legend>
        {options.map(({ text, votes }, place) => (
          <label key={place} class="ballot-answer">
            <input
              type={multiple ? "checkbox" : "radio"}
              name={`poll-${id}`}
              checked={chosen.includes(place)}
              onChange={(event) => toggle(place, event.currentTarget.checked)}
            />
            <bdi>{text}</bdi>
            {votes !== null && <span class="poll-count">{say.pollVotes(votes, share(votes, poll.voters))}</span>}
          </label>
        ))}
      </fieldset>
      <p class="problem" id={`poll-problem-${id}`} role="alert">
        {problem}
      </p>
      <div class="ballot-acts">
        <button type="submit" class="button primary" aria-disabled={isBusy}>
          {isBusy ? say.sending : say.pollVote}
        </button>
        {mine.length > 0 && (
          <button type="button" class="button" aria-disabled={isBusy} onClick={() => void vote([])}>
            {say.pollTakeBack}
          </button>
        )}
        {mine.length > 0 && (
          <button type="button" class="button" onClick={done}>
            {say.cancel}
          </button>
        )}
      </div>
    </form>
  );
}
