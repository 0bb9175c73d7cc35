// Sound and vibration for what is new: the switches in a room's details, and what hears the room.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { memory } from "../app";
import { browserDevice, Signals, type Kind } from "../client/signals";
import { CHOICES } from "../store/attention";
import type { RoomState } from "../store/room";
import { sheetWords } from "../words.sheets";

const signals = new Signals(memory, browserDevice(), () => Date.now());

/** Hears a room, for as long as it is open. */
export function Attention({ state }: { state: RoomState }): null {
  useEffect(() => signals.hear(state), [state.log]);
  const roomId = state.room?.id;
  useEffect(() => {
    const touched = (): void => signals.touched();
    const gestures = ["pointerup", "touchend", "keydown"];
    for (const name of gestures) addEventListener(name, touched);
    return () => {
      for (const name of gestures) removeEventListener(name, touched);
      if (roomId !== undefined) signals.leave(roomId);
    };
  }, [roomId]);
  return null;
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
