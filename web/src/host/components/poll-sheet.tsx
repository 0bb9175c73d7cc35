// The sheet to make a poll.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Icon } from "../../components/icons";
import { Sheet } from "../../components/sheet";
import { closeSheet } from "../../route";
import { isBlank, length } from "../../store/text";
import type { PollResults } from "../../wire.polls";
import { look, NO_POLL, poll as draft, state } from "../app";
import { makePoll } from "../deeds.sheets";
import { cleaned } from "../speech";
import { sheetWords } from "../words.sheets";
import { why } from "./act-bar";
import { Chip } from "./chip";

/** As the hub has it. */
const QUESTION_MOST = 200;
const ANSWER_MOST = 60;
const ANSWERS_MOST = 8;
const ANSWERS_LEAST = 2;

/** In minutes; 0 is until the host closes it. */
const SPANS = [0, 5, 15, 60];

const RESULTS: PollResults[] = ["at_once", "after_voting", "at_end"];

export function PollSheet(): JSX.Element {
  const say = sheetWords();
  const { question, answers, multiple, results, room: wanted, minutes } = draft.value;
  // Its room may have ended since it was chosen.
  const room = state.value.rooms?.some(({ id }) => id === wanted) ? wanted : "";
  const change = (part: Partial<typeof NO_POLL>): void => void (draft.value = { ...draft.value, ...part });
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const write = (place: number, text: string): void =>
    change({ answers: answers.map((one, at) => (at === place ? text : one)) });
  const filled = answers.map(cleaned).filter((one) => !isBlank(one));

  /** What is still wrong; `null` if it can be asked. */
  const lack = (): string | null => {
    if (isBlank(cleaned(question))) return say.questionMissing;
    if (filled.length < ANSWERS_LEAST) return say.answersMissing;
    if (new Set(filled).size < filled.length) return say.answersTwice;
    if (length(cleaned(question)) > QUESTION_MOST) return say.tooLong(length(cleaned(question)) - QUESTION_MOST);
    const longest = Math.max(...filled.map(length));
    return longest > ANSWER_MOST ? say.tooLong(longest - ANSWER_MOST) : null;
  };

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const wrong = lack();
    if (wrong !== null) return setProblem(wrong);
    setBusy(true);
    setProblem(null);
    try {
      const fields = { question: cleaned(question), options: filled, multiple, results };
      const told = await makePoll({ ...fields, ...(room && { room }), ...(minutes && { minutes }) });
      if (told.ok) {
        draft.value = NO_POLL;
        look();
        return closeSheet();
      }
      setProblem(why(told, say));
    } catch {
      setProblem(say.unanswered);
    }
    setBusy(false);
  };

  return (
    <Sheet title={say.askPoll}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <div class="field">
          <label for="poll-question">{say.question}</label>
          <textarea
            id="poll-question"
            rows={2}
            value={question}
            dir="auto"
            data-autofocus=""
            aria-describedby="poll-problem"
            onInput={(event) => change({ question: event.currentTarget.value })}
          />
        </div>
        <fieldset class="field poll-answers">
          <legend>{say.answers}</legend>
          {answers.map((answer, place) => (
            <div key={place} class="poll-row">
              <input
                type="text"
                class="input"
                value={answer}
                dir="auto"
                autocomplete="off"
                aria-label={say.answerOf(place + 1)}
                onInput={(event) => write(place, event.currentTarget.value)}
              />
              {answers.length > ANSWERS_LEAST && (
                <button
                  type="button"
                  class="round"
                  aria-label={say.removeAnswer(place + 1)}
                  onClick={() => change({ answers: answers.filter((_, at) => at !== place) })}
                >
                  <Icon name="close" />
                </button>
              )}
            </div>
          ))}
          {answers.length < ANSWERS_MOST && (
            <button type="button" class="button" onClick={() => change({ answers: [...answers, ""] })}>
              {say.addAnswer}
            </button>
          )}
        </fieldset>
        <fieldset class="field">
          <legend>{say.pollHow}</legend>
          <div class="chips">
            <Chip name="poll-how" label={say.pollOne} isOn={!multiple} choose={() => change({ multiple: false })} />
            <Chip name="poll-how" label={say.pollSeveral} isOn={multiple} choose={() => change({ multiple: true })} />
          </div>
        </fieldset>
        <fieldset class="field">
          <legend>{say.pollWhen}</legend>
          <div class="chips">
            {RESULTS.map((one) => (
              <Chip
                key={one}
                name="poll-results"
                label={say.pollResults[one]}
                isOn={results === one}
                choose={() => change({ results: one })}
              />
            ))}
          </div>
        </fieldset>
        <div class="field">
          <label for="poll-room">{say.announceWhere}</label>
          <select id="poll-room" value={room} onChange={(event) => change({ room: event.currentTarget.value })}>
            <option value="">{say.allRoomsShort}</option>
            {state.value.rooms?.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </div>
        <fieldset class="field">
          <legend>{say.muteHow}</legend>
          <div class="chips">
            {SPANS.map((span) => (
              <Chip
                key={span}
                name="poll-span"
                label={span ? say.duration.minute(span) : say.untilClosed}
                isOn={minutes === span}
                choose={() => change({ minutes: span })}
              />
            ))}
          </div>
        </fieldset>
        <p class="problem" id="poll-problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="button primary wide" aria-disabled={isBusy}>
          {say.askNow}
        </button>
      </form>
    </Sheet>
  );
}
