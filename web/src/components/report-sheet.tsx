// Telling the host of a message: a reason if one likes, and what becomes of it.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Session } from "../client/session";
import { closeSheet } from "../route";
import { messageAt } from "../store/past";
import { nicknameOf, type RoomState } from "../store/room";
import { length } from "../store/text";
import { sheetWords } from "../words.sheets";
import { Field } from "./field";
import { chosen } from "./open-message";
import { Sheet } from "./sheet";

/** The most characters that the hub takes as a reason. */
const MOST = 200;

export function ReportSheet({ state, session }: { state: RoomState; session: Session }): JSX.Element | null {
  const say = sheetWords();
  const [reason, setReason] = useState("");
  const [more, setMore] = useState("");
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [isTold, setTold] = useState(false);
  const done = useRef<HTMLButtonElement>(null);
  const message = messageAt(state, chosen.value ?? 0);
  useEffect(() => void (message || closeSheet()), [message]);
  // The button that was pressed is gone.
  useLayoutEffect(() => void (isTold && done.current!.focus()), [isTold]);
  if (!message) return null;

  const whole = [reason, more.trim()].filter(Boolean).join(": ");
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || length(whole) > MOST) return;
    setBusy(true);
    const refused = await session.acts.report(message.seq, whole);
    setBusy(false);
    if (!refused) return setTold(true);
    const [what, remedy] = say.refused[refused.code];
    setRefusal(`${what}. ${refused.retryAfter ? say.waitSeconds(Math.ceil(refused.retryAfter)) : remedy}`);
  };
  return (
    <Sheet title={say.report} class="small">
      <div class="quote">
        <bdi>{nicknameOf(state, message.chatter)}</bdi>
        <p dir="auto">{message.takenBack ? say.takenBack : message.content}</p>
      </div>
      {isTold ? (
        <>
          <p role="status">{say.reported}</p>
          <button ref={done} type="button" class="button wide report-done" onClick={closeSheet}>
            {say.close}
          </button>
        </>
      ) : (
        <form onSubmit={(event) => void submit(event)} noValidate>
          <p class="soft report-hint">{say.reportHint}</p>
          <fieldset class="field">
            <legend>{say.reportWhy}</legend>
            <div class="chips">
              {say.reportReasons.map((one) => (
                <label class="chip" key={one}>
                  <input type="radio" name="reason" checked={reason === one} onChange={() => setReason(one)} />
                  <span>{one}</span>
                </label>
              ))}
            </div>
          </fieldset>
          <Field
            id="report-more"
            label={say.reportMore}
            value={more}
            onInput={setMore}
            limit={MOST - (reason ? length(reason) + 2 : 0)}
            inputProps={{ enterkeyhint: "send" }}
          />
          <p class="problem" role="alert">
            {refusal}
          </p>
          <button type="submit" class="button primary wide" aria-disabled={busy}>
            {busy ? say.sending : say.reportNow}
          </button>
        </form>
      )}
    </Sheet>
  );
}
