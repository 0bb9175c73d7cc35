// What a host chooses of a room, when it is made and later.

import type { JSX } from "preact";
import type { RoomLine } from "../wire";
import { sheetWords } from "../words.sheets";
import { Chip } from "./chip";

/** The hub's own limits. */
export const TITLE_MOST = 30;
export const PASSWORD_MOST = 12;

const CAPACITIES = [0, 8, 16, 32, 64, 128];

/** `own` is the capacity that the room has already, which may be none of the usual ones. */
export function CapacityField(props: { capacity: number; own?: number; choose(count: number): void }): JSX.Element {
  const say = sheetWords();
  const counts = [...new Set([...CAPACITIES, props.own ?? 0])].sort((a, b) => a - b);
  return (
    <fieldset class="field">
      <legend>{say.capacity}</legend>
      <div class="chips">
        {counts.map((count) => (
          <Chip
            key={count}
            name="capacity"
            label={count ? String(count) : say.noLimit}
            isOn={props.capacity === count}
            choose={() => props.choose(count)}
          />
        ))}
      </div>
    </fieldset>
  );
}

export function HistoryField(props: { history: RoomLine["history"]; choose(history: RoomLine["history"]): void }): JSX.Element {
  const say = sheetWords();
  return (
    <fieldset class="field">
      <legend>{say.history}</legend>
      <div class="chips">
        <Chip name="history" label={say.historyAll} isOn={props.history === "all"} choose={() => props.choose("all")} />
        <Chip name="history" label={say.historyJoined} isOn={props.history === "joined"} choose={() => props.choose("joined")} />
      </div>
    </fieldset>
  );
}
