// A room is changed while people are in it.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Field } from "../../components/field";
import { Sheet } from "../../components/sheet";
import { closeSheet } from "../../route";
import { isBlank, length } from "../../store/text";
import { look, state } from "../app";
import { editRoom, type RoomEdit } from "../deeds.sheets";
import type { RoomLine } from "../wire";
import { sheetWords } from "../words.sheets";
import { why } from "./act-bar";
import { Chip } from "./chip";
import { CapacityField, PASSWORD_MOST, TITLE_MOST } from "./room-fields";

/** The hub's own limit. */
const POSITION_MOST = 9_999;

type Lock = "kept" | "set" | "none";

/** The place that was typed; `null` where it is no number. */
function placeIn(typed: string): number | null {
  if (typed.trim() === "") return 0;
  return /^\d{1,4}$/.test(typed.trim()) ? Math.min(Number(typed), POSITION_MOST) : null;
}

export function EditRoomSheet({ room: id }: { room: string }): JSX.Element | null {
  const room = state.value.rooms?.find((one) => one.id === id);
  // It has ended meanwhile.
  useEffect(() => void (room || closeSheet()), [room]);
  return room ? <EditForm room={room} /> : null;
}

function EditForm({ room }: { room: RoomLine }): JSX.Element {
  const say = sheetWords();
  // As it was when the sheet was opened: the list is looked at again and again.
  const [before] = useState(room);
  const [title, setTitle] = useState(before.title);
  const [capacity, setCapacity] = useState(before.capacity);
  const [lock, setLock] = useState<Lock>("kept");
  const [password, setPassword] = useState("");
  const [place, setPlace] = useState(before.position ? String(before.position) : "");
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const position = placeIn(place);
  const isLacking = lock === "set" && isBlank(password);
  const isFitting = length(title) <= TITLE_MOST && length(password) <= PASSWORD_MOST;
  const isReady = !isBlank(title) && isFitting && !isLacking && position !== null;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (!isReady || isBusy) return;
    setBusy(true);
    setProblem(null);
    const edit: RoomEdit = {
      ...(title.trim() !== before.title && { title: title.trim() }),
      ...(capacity !== before.capacity && { capacity }),
      ...(lock !== "kept" && { password: lock === "set" ? password : null }),
      ...(position !== (before.position ?? 0) && { position }),
    };
    try {
      const edited = await editRoom(before, edit);
      if (edited.ok) {
        look();
        return closeSheet();
      }
      setProblem(why(edited, say));
    } catch {
      setProblem(say.unanswered);
    }
    setBusy(false);
  };

  return (
    <Sheet title={say.editRoom}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field
          id="edit-title"
          label={say.roomTitle}
          value={title}
          onInput={setTitle}
          limit={TITLE_MOST}
          problem={isTried && isBlank(title) ? say.titleMissing : null}
        />
        <CapacityField capacity={capacity} own={before.capacity} choose={setCapacity} />
        <LockField isLocked={before.isPassword} lock={lock} choose={setLock} />
        {lock === "set" && (
          <Field
            id="edit-password"
            type="password"
            label={say.newPassword}
            value={password}
            onInput={setPassword}
            limit={PASSWORD_MOST}
            problem={isTried && isLacking ? say.passwordMissing : null}
            inputProps={{ autocomplete: "new-password" }}
          />
        )}
        <Field
          id="edit-position"
          label={say.position}
          value={place}
          onInput={setPlace}
          problem={isTried && position === null ? say.positionWrong : null}
          inputProps={{ inputMode: "numeric", autocomplete: "off" }}
        />
        <p class="soft">{say.positionHint}</p>
        <p class="problem" role="alert">
          {problem}
        </p>
        <p class="soft">{say.editHint}</p>
        <button type="submit" class="button primary wide" aria-disabled={isBusy}>
          {say.save}
        </button>
      </form>
    </Sheet>
  );
}

function LockField(props: { isLocked: boolean; lock: Lock; choose(lock: Lock): void }): JSX.Element {
  const say = sheetWords();
  const ways: Lock[] = props.isLocked ? ["kept", "set", "none"] : ["kept", "set"];
  const label = (way: Lock): string => (way === "kept" && !props.isLocked ? say.locks.none : say.locks[way]);
  return (
    <fieldset class="field">
      <legend>{say.passwordOf}</legend>
      <div class="chips">
        {ways.map((way) => (
          <Chip key={way} name="lock" label={label(way)} isOn={props.lock === way} choose={() => props.choose(way)} />
        ))}
      </div>
    </fieldset>
  );
}
