// A room: the session that keeps it true, and the views of what the session knows.

import type { JSX } from "preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { hint, title } from "../app";
import type { Session } from "../client/session";
import { rooms, stateOf, viewed } from "../rooms";
import { closeSheet, follow, openSheet, sheet } from "../route";
import { daysBetween, local } from "../store/clock";
import { candidates } from "../store/naming";
import { hasQuestions } from "../store/questions";
import { isWritten, mayTalk, nicknameOf, type RoomState } from "../store/room";
import type { Muted } from "../wire";
import { words } from "../words";
import { Composer } from "./composer";
import { Icon } from "./icons";
import { LaterSheets, sheetsPart } from "./later-sheets";
import { LogView } from "./log";
import { RoomHeader } from "./room-header";
import { Refused } from "./states";
import { TypingLine } from "./typing";

export { sheetsPart };

export const comeBack = (): void => rooms.comeBack();

export interface RoomProps {
  code: string;
  wide: boolean;
}

export function RoomView({ code, wide }: RoomProps): JSX.Element {
  const say = words();
  const [session, state] = useSession(code);
  const { phase, room, log } = state;
  const started = log.upTo !== null;
  const over = state.closed !== null;
  const inside = started && !over;
  const part = sheetsPart.loaded.value;
  const name = room?.title ?? code;
  const { present } = state;

  useEffect(() => void (title.value = name), [name]);

  // The actions there are no longer possible.
  useEffect(() => {
    if (over && /people|details|find|questions|report/.test(sheet.value ?? "")) closeSheet();
  }, [over]);

  const refused = phase.name === "refused";
  return (
    <>
      <main class={`room ${over ? "room-over" : ""}`} aria-label={name}>
        <RoomHeader code={code} room={room} people={inside ? present : null}>
          {inside && (
            <>
              <button type="button" class="pill people-button" onClick={() => openSheet("people")}>
                <Icon name="people" />
                <span class="unseen">{say.peopleList}</span>
                <span class="people-count">{state.present}</span>
              </button>
              {hasQuestions(state) && (
                <button type="button" class="round ask-button" aria-label={say.questions} onClick={() => openSheet("questions")}>
                  <Icon name="ask" />
                </button>
              )}
              <button type="button" class="round" aria-label={say.findHere} onClick={() => openSheet("find")}>
                <Icon name="find" />
              </button>
              <button type="button" class="round" aria-label={say.details} onClick={() => openSheet("details")}>
                <Icon name="more" />
              </button>
            </>
          )}
        </RoomHeader>
        <Banner state={state} session={session} />
        {part && inside && <part.Announcements all={state.announcements} say={say} />}
        {part && inside && <part.Polls state={state} session={session} />}
        {phase.name === "locked" ? (
          part && <part.Gate phase={phase} onUnlock={(password) => session.unlock(password)} />
        ) : phase.name === "waiting" && !started ? (
          <Refused title={say.refused.full[0]} text={say.refused.full[1]}>
            <a class="button" href="/" onClick={follow}>
              {say.waitNot}
            </a>
          </Refused>
        ) : refused && !started ? (
          <Refused title={say.refused[phase.code][0]} text={say.refused[phase.code][1]}>
            {phase.code !== "no_such_room" && phase.code !== "expired" && (
              <button type="button" class="button primary" onClick={() => session.again()}>
                {say.retryNow}
              </button>
            )}
            <a class="button" href="/" onClick={follow}>
              {say.toLobby}
            </a>
          </Refused>
        ) : state.closed === "deleted" ? (
          <Refused title={say.closedRoom.deleted} text="">
            <a class="button" href="/" onClick={follow}>
              {say.toLobby}
            </a>
          </Refused>
        ) : (
          <LogView state={state} session={session} say={say} covered={sheet.value !== null} />
        )}
        {mayTalk(state) && !isWritten(state) && (
          <p class="for-reading" role="status">
            {say.readOnly}
          </p>
        )}
        {mayTalk(state) && isWritten(state) && (
          <>
            {room?.mode === "slow" && part ? <part.SlowLine state={state} /> : <TypingLine state={state} />}
            <p class="muted" role="status">
              {state.muted && say.muted(endOf(state.muted, state.clockOffset, say.locale))}
            </p>
            <Composer
              key={state.room?.id}
              session={session}
              muted={state.muted !== null}
              wide={wide}
              answering={answered(state)}
              offers={(naming) => candidates(state, naming)}
            />
          </>
        )}
        {part && started && state.closed !== null && <part.UnsentDraft session={session} />}
      </main>
      {wide && inside && (
        <aside class="people-pane" aria-label={say.peopleList}>
          {part && <part.People state={state} session={session} />}
        </aside>
      )}
      <LaterSheets state={state} session={session} inside={inside} />
    </>
  );
}

/** A room's session, which goes on when the room is no longer on the screen, and its state as it changes. */
function useSession(code: string): [Session, RoomState] {
  const session = useMemo(() => {
    const room = hint.room?.code === code ? hint.room : undefined;
    const password = room && hint.password !== null ? hint.password : undefined;
    hint.room = null;
    hint.password = null;
    return rooms.show(code, { room, password });
  }, [code]);
  useEffect(() => {
    viewed();
    return () => rooms.hide(session);
  }, [session]);
  return [session, stateOf(session)];
}

/** When a mute ends, as this phone would write it; with the day if that is another one. */
function endOf({ until }: Muted, clockOffset: number, locale: string): string | null {
  const at = until === null ? NaN : local(until, clockOffset);
  if (Number.isNaN(at)) return null;
  const date = daysBetween(Date.now(), at) === 0 ? {} : ({ month: "long", day: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { ...date, hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
}

/** The message that is being answered, as the composer shows it. */
function answered(state: RoomState): { nickname: string; excerpt: string } | null {
  const { answering } = state;
  return answering && { nickname: nicknameOf(state, answering.chatter), excerpt: answering.content };
}

/** How it stands between here and the hub, in words, under the title. */
function Banner({ state, session }: { state: RoomState; session: Session }): JSX.Element {
  const say = words();
  const { phase, log } = state;
  const started = log.upTo !== null;
  const lost = useLasting(phase.name === "retrying", 500);
  let text = "";
  if (lost && phase.name === "retrying" && phase.refused) text = `${say.refused[phase.refused][0]} – ${say.triedAgain}`;
  else if (lost) text = started ? say.reconnecting : say.hubLost;
  else if (phase.name === "waiting" && started) text = say.refused.full.join(" – ");
  else if (phase.name === "refused" && started) text = say.refused[phase.code].join(" – ");
  else if (state.closed !== null && state.closed !== "deleted" && started) text = say.closedRoom[state.closed];
  const again = phase.name === "refused" && started && phase.code !== "expired" && phase.code !== "no_such_room";
  return (
    <div class={`banner ${text ? "" : "banner-none"}`} role="status">
      <span>{text}</span>
      {again && (
        <button type="button" onClick={() => session.again()}>
          {say.retryNow}
        </button>
      )}
      {state.closed === "kicked" && phase.name === "live" && (
        <button type="button" onClick={() => session.again()}>
          {say.comeBack}
        </button>
      )}
    </div>
  );
}

/** True once `value` has been true for a while: a blink of the network needs no banner. */
function useLasting(value: boolean, ms: number): boolean {
  const [lasting, set] = useState(false);
  useEffect(() => {
    if (!value) return set(false);
    const timer = setTimeout(() => set(true), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return value && lasting;
}
