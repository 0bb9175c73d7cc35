// The ladder: how much people may do in a room, or in all. A step up or down is one tap.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { left } from "../../store/clock";
import { state } from "../app";
import { clockOffset, HERE_FOR, hereFor, stepped, type Setting } from "../state";
import { MODES, type Mode } from "../wire";
import { hostWords } from "../words";
import { Step } from "./step";

/** Seconds between two messages that are offered. */
const PACES = [10, 30, 60, 300];

interface Props {
  /** `null` where the rooms differ. */
  mode: Mode | null;
  /** How it is set now; an open room stands for rooms that differ. */
  now: Setting;
  /** When it is open again by itself. */
  until: string | null;
  set(setting: Setting): void;
}

export function Ladder({ mode, now, until, set }: Props): JSX.Element {
  const say = hostWords();
  const [goesBack, setGoesBack] = useState(true);
  return (
    <fieldset class="ladder">
      <legend>{say.ladder}</legend>
      <div class="steps">
        {MODES.map((one) => (
          <Step key={one} isOn={one === mode} label={say.modes[one]} choose={() => set(stepped(now, one, goesBack))} />
        ))}
      </div>
      {mode && !now.hereFor && <p class="soft ladder-hint">{say.modeHints[mode]}</p>}
      {until && <Back until={until} />}
      {mode === "slow" && (
        <div class="paces" role="group" aria-label={say.every}>
          <p class="soft">{say.every}</p>
          <div class="steps">
            {PACES.map((every) => (
              <Step key={every} isOn={now.every === every} label={say.seconds(every)} choose={() => set({ ...now, every })} />
            ))}
          </div>
        </div>
      )}
      {mode === "members" && (
        <div class="paces" role="group" aria-label={say.whoMembers}>
          <p class="soft">{say.whoMembers}</p>
          <div class="steps">
            {[0, HERE_FOR].map((minutes) => (
              <Step
                key={minutes}
                isOn={(now.hereFor ?? 0) === minutes}
                label={minutes ? say.hereFor(minutes) : say.insideOnly}
                choose={() => set(hereFor(now, minutes))}
              />
            ))}
          </div>
          {now.hereFor && <p class="soft ladder-hint">{say.hereForHint}</p>}
        </div>
      )}
      <label class="check">
        <input type="checkbox" checked={goesBack} onChange={(event) => setGoesBack(event.currentTarget.checked)} />
        <span>{say.goesBack}</span>
      </label>
    </fieldset>
  );
}

/** How long it is until the room is open again. */
function Back({ until }: { until: string }): JSX.Element | null {
  const say = hostWords();
  const { overview } = state.value;
  if (!overview) return null;
  const rest = left(until, clockOffset(overview, Date.now()), Date.now());
  return <p class="soft ladder-hint">{say.backIn(say.left[rest.unit](rest.count))}</p>;
}
