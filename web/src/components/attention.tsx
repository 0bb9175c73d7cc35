// Sound and vibration for what is new: the switches in a room's details, and what hears the rooms.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { memory } from "../app";
import { browserDevice, Signals, type Kind } from "../client/signals";
import { listen } from "../rooms";
import { CHOICES } from "../store/attention";
import { sheetWords } from "../words.sheets";

const signals = new Signals(memory, browserDevice(), () => Date.now());

/** From now on all rooms are heard that one is in. */
export function attend(): void {
  listen(signals);
  for (const gesture of ["pointerup", "touchend", "keydown"]) addEventListener(gesture, () => signals.touched());
}

export function AttentionSettings(): JSX.Element {
  const say = sheetWords();
  return (
    <section class="attention">
      <Setting kind="sound" label={say.sound} />
      {"vibrate" in navigator && <Setting kind="vibration" label={say.vibration} />}
      <p class="soft">{say.signalsHint}</p>
    </section>
  );
}

function Setting({ kind, label }: { kind: Kind; label: string }): JSX.Element {
  const say = sheetWords();
  const [chosen, choose] = useState(signals.choice(kind));
  return (
    <fieldset class="field">
      <legend>{label}</legend>
      <div class="chips">
        {CHOICES.map((choice) => (
          <label class="chip" key={choice}>
            <input
              type="radio"
              name={kind}
              checked={chosen === choice}
              onChange={() => {
                choose(choice);
                signals.choose(kind, choice);
              }}
            />
            <span>{say.signalFor[choice]}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
