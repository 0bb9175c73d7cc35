// The sheet to announce something.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Sheet } from "../../components/sheet";
import { closeSheet } from "../../route";
import { isBlank, length } from "../../store/text";
import { announcement, look, NO_ANNOUNCEMENT, state } from "../app";
import { announce } from "../deeds.sheets";
import { ANNOUNCEMENT_MAX, cleaned } from "../speech";
import { sheetWords } from "../words.sheets";
import { why } from "./act-bar";
import { Chip } from "./chip";

/** From this many characters on, how many are left is said. */
const COUNT_FROM = 50;

/** In minutes; 0 is until it is taken down. */
const SPANS = [0, 15, 30, 60];

export function AnnounceSheet(): JSX.Element {
  const say = sheetWords();
  const { text, room: wanted, minutes } = announcement.value;
  // Its room may have ended since it was chosen.
  const room = state.value.rooms?.some(({ id }) => id === wanted) ? wanted : "";
  const change = (part: Partial<typeof NO_ANNOUNCEMENT>): void =>
    void (announcement.value = { ...announcement.value, ...part });
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  const rest = ANNOUNCEMENT_MAX - length(cleaned(text));

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBusy) return;
    const content = cleaned(text);
    if (isBlank(content)) return setProblem(say.textMissing);
    if (length(content) > ANNOUNCEMENT_MAX) return;
    setBusy(true);
    setProblem(null);
    try {
      const told = await announce({ text: content, ...(room && { room }), ...(minutes && { minutes }) });
      if (told.ok) {
        announcement.value = NO_ANNOUNCEMENT;
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
    <Sheet title={say.announce} class="small">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <div class="field">
          <label for="announce-text">{say.announceText}</label>
          <textarea
            id="announce-text"
            rows={3}
            value={text}
            dir="auto"
            data-autofocus=""
            aria-describedby="announce-count announce-problem"
            aria-invalid={problem || rest < 0 ? "true" : undefined}
            onInput={(event) => change({ text: event.currentTarget.value })}
          />
          <p class={rest < 0 ? "problem" : "soft"} id="announce-count" role="status">
            {rest < 0 ? say.tooLong(-rest) : rest <= COUNT_FROM ? say.charactersLeft(rest) : ""}
          </p>
        </div>
        <div class="field">
          <label for="announce-room">{say.announceWhere}</label>
          <select id="announce-room" value={room} onChange={(event) => change({ room: event.currentTarget.value })}>
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
                name="announce"
                label={span ? say.duration.minute(span) : say.untilDown}
                isOn={minutes === span}
                choose={() => change({ minutes: span })}
              />
            ))}
          </div>
        </fieldset>
        <p class="problem" id="announce-problem" role="alert">
          {problem}
        </p>
        <button type="submit" class="button primary wide" aria-disabled={isBusy || rest < 0}>
          {say.announceNow}
        </button>
      </form>
    </Sheet>
  );
}
