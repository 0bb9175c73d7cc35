// What can be done about what was tapped: a message, a person, a room. The sheets are a part of their own
// (`later-about.tsx`), with their words and what they do.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Field } from "../../components/field";
import { Sheet } from "../../components/sheet";
import { closeSheet, go } from "../../route";
import { HOST } from "../../store/marks";
import { isBlank, isolate, length } from "../../store/text";
import { about, isHost, openAbout, placeOf, state } from "../app";
import { unmute, type Somebody } from "../deeds";
import { ban, endRoom, kick, makeRoom, mute, rename, takeBack, takeBackAll } from "../deeds.sheets";
import { BACK_AFTER, HERE_FOR, type Setting } from "../state";
import type { RoomLine, Said } from "../wire";
import { sheetWords } from "../words.sheets";
import { why } from "./act-bar";
import { AnnounceSheet } from "./announce-sheet";
import { Chip } from "./chip";
import { EditRoomSheet } from "./edit-sheet";
import { EventSheet } from "./event-sheet";
import { HostIcon, type HostIconName } from "./icons";
import { PollSheet } from "./poll-sheet";
import { CapacityField, HistoryField, PASSWORD_MOST, TITLE_MOST } from "./room-fields";
import { WallSheet } from "./wall-sheet";

export function AboutSheet(): JSX.Element | null {
  const one = about.value;
  switch (one?.kind) {
    case "message":
      return <MessageSheet message={one.message} />;
    case "person":
      return <PersonSheet person={one.person} />;
    case "ban":
      return <BanSheet person={one.person} />;
    case "mute":
      return <MuteSheet person={one.person} />;
    case "rename":
      return <RenameSheet person={one.person} />;
    case "end":
      return <EndSheet room={one.room} isDelete={one.isDelete} />;
    case "edit":
      return <EditRoomSheet room={one.room} />;
    case "wall":
      return <WallSheet room={one.room} />;
    case "newRoom":
      return <NewRoomSheet />;
    case "announce":
      return <AnnounceSheet />;
    case "poll":
      return <PollSheet />;
    case "event":
      return <EventSheet />;
    case undefined:
      return null;
  }
}

/** Closes the sheet, and does it. */
const then = (act: () => void) => (): void => {
  closeSheet();
  act();
};

function MessageSheet({ message }: { message: Said }): JSX.Element {
  const say = sheetWords();
  const { nickname, content, title, code } = message;
  // It may have been taken back since.
  const lists = [state.value.stream, state.value.open?.messages];
  const now = lists.map((list) => list?.find((one) => one.room === message.room && one.seq === message.seq)).find(Boolean);
  const takenBack = now?.takenBack ?? message.takenBack;
  const person = { id: message.chatter, nickname, room: code };
  return (
    <Sheet title={say.message} class="small">
      <div class="quote">
        <bdi>{nickname}</bdi> <bdi class="soft">{title}</bdi>
        <p dir="auto">{takenBack ? say.takenBack : content}</p>
      </div>
      <ul class="menu">
        {!takenBack && <Choice icon="remove" label={say.takeBack} choose={then(() => takeBack(message))} />}
        {/* What the host has said is nobody's whom one could keep out. */}
        {message.chatter !== HOST && (
          <>
            <TakeBackLast person={person} />
            <PersonChoices person={person} />
            <Choice icon="person" label={say.seePerson} choose={() => openAbout({ kind: "person", person })} />
          </>
        )}
        <RoomChoice code={code} />
      </ul>
    </Sheet>
  );
}

function PersonSheet({ person }: { person: Somebody & { room: string | null } }): JSX.Element {
  const say = sheetWords();
  const { stream, open, rooms } = state.value;
  const known = new Map([...(open?.messages ?? []), ...(stream ?? [])].map((one) => [one.id, one]));
  const theirs = [...known.values()].filter((one) => one.chatter === person.id && !one.isNotice).sort((a, b) => b.id - a.id);
  const title = rooms?.find((one) => one.code === person.room)?.title ?? person.room;
  return (
    <Sheet title={say.person} class="small">
      <div class="quote">
        <bdi>{person.nickname}</bdi> {title && <bdi class="soft">{title}</bdi>}
      </div>
      <ul class="menu">
        <PersonChoices person={person} />
        <TakeBackLast person={person} />
        {state.value.mutes && (
          <Choice
            icon="remove"
            label={say.takeBackMinutes(MINUTES)}
            choose={then(() => takeBackAll(person, { minutes: MINUTES }))}
          />
        )}
        {isHost() && state.value.mutes && (
          <Choice
            icon="person"
            label={say.rename}
            hint={say.renameHint}
            choose={() => openAbout({ kind: "rename", person })}
          />
        )}
        {person.room && <RoomChoice code={person.room} />}
      </ul>
      {theirs.length > 0 && <h3 class="channel">{say.said}</h3>}
      <ul class="theirs-said">
        {theirs.map((message) => (
          <li key={message.id}>
            <button type="button" class="line" onClick={() => openAbout({ kind: "message", message })}>
              <span class={`line-text ${message.takenBack ? "line-taken" : ""}`} dir="auto">
                {message.takenBack ? say.takenBack : message.content}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </Sheet>
  );
}

const LAST = 20;
const MINUTES = 10;

function TakeBackLast({ person }: { person: Somebody }): JSX.Element | null {
  const say = sheetWords();
  if (!state.value.mutes) return null;
  const act = then(() => takeBackAll(person, { last: LAST }));
  return <Choice icon="remove" label={say.takeBackLast(LAST)} hint={say.takeBackAllHint} choose={act} />;
}

function PersonChoices({ person }: { person: Somebody }): JSX.Element {
  const say = sheetWords();
  const { mutes } = state.value;
  const isMuted = mutes?.some(({ id }) => id === person.id);
  return (
    <>
      {mutes && isMuted && <Choice icon="speak" label={say.unmute} choose={then(() => unmute(person))} />}
      {mutes && !isMuted && (
        <Choice icon="mute" label={say.mute} hint={say.muteHint} choose={() => openAbout({ kind: "mute", person })} />
      )}
      <Choice icon="kick" label={say.kick} hint={say.kickHint} choose={then(() => kick(person))} />
      {isHost() && (
        <Choice icon="ban" label={say.ban} hint={say.banHint} choose={() => openAbout({ kind: "ban", person })} />
      )}
    </>
  );
}

function RoomChoice({ code }: { code: string }): JSX.Element | null {
  const say = sheetWords();
  if (!state.value.rooms?.some((one) => one.code === code)) return null;
  return <Choice icon="rooms" label={say.seeRoom} choose={() => go(`${placeOf("rooms")}/${code}`)} />;
}

function Choice(props: { icon: HostIconName; label: string; hint?: string; choose(): void }): JSX.Element {
  return (
    <li>
      <button type="button" onClick={props.choose}>
        <HostIcon name={props.icon} />
        <span>
          {props.label}
          {props.hint && <small>{props.hint}</small>}
        </span>
      </button>
    </li>
  );
}

const SPANS = [0, 600, 3_600, 86_400];

/** What newcomers may do for a while beside a ban; the rooms are open again by themselves. */
const DOORS: Record<"open" | "inside" | "here", Setting | null> = {
  open: null,
  inside: { mode: "members", minutes: BACK_AFTER },
  here: { mode: "members", hereFor: HERE_FOR, minutes: BACK_AFTER },
};

function BanSheet({ person }: { person: Somebody }): JSX.Element {
  const say = sheetWords();
  const [seconds, setSeconds] = useState(0);
  const [door, setDoor] = useState<keyof typeof DOORS>("open");
  return (
    <Sheet title={say.banTitle(isolate(person.nickname))} class="small">
      <fieldset class="field">
        <legend>{say.banWhat}</legend>
        <div class="chips">
          {SPANS.map((span) => (
            <Chip key={span} name="ban" label={say.banFor[span]!} isOn={seconds === span} choose={() => setSeconds(span)} />
          ))}
        </div>
      </fieldset>
      <p class="soft ban-hint">{seconds === 0 ? say.banBrowserHint : say.banAddressHint}</p>
      {state.value.rooms?.some((room) => room.mode) && (
        <>
          <fieldset class="field">
            <legend>{say.banDoor}</legend>
            <div class="chips">
              {(["open", "inside", "here"] as const).map((one) => (
                <Chip key={one} name="door" label={say.banDoors[one]} isOn={door === one} choose={() => setDoor(one)} />
              ))}
            </div>
          </fieldset>
          <p class="soft ban-hint">{say.banDoorHints[door]}</p>
        </>
      )}
      <button type="button" class="button primary wide" onClick={then(() => ban(person, seconds, DOORS[door]))}>
        {say.banNow}
      </button>
    </Sheet>
  );
}

/** In minutes; 0 is until it is lifted. */
const MUTES = [10, 60, 0];

function MuteSheet({ person }: { person: Somebody }): JSX.Element {
  const say = sheetWords();
  const [minutes, setMinutes] = useState(MUTES[0]!);
  return (
    <Sheet title={say.muteTitle(isolate(person.nickname))} class="small">
      <fieldset class="field">
        <legend>{say.muteHow}</legend>
        <div class="chips">
          {MUTES.map((one) => (
            <Chip key={one} name="mute" label={say.muteFor[one]!} isOn={minutes === one} choose={() => setMinutes(one)} />
          ))}
        </div>
      </fieldset>
      <p class="soft ban-hint">{say.muteHint}</p>
      <button type="button" class="button primary wide" onClick={then(() => mute(person, minutes || null))}>
        {say.muteNow}
      </button>
    </Sheet>
  );
}

const NAME_MOST = 10;

function RenameSheet({ person }: { person: Somebody }): JSX.Element {
  const say = sheetWords();
  const [name, setName] = useState("");
  const [mayChange, setMayChange] = useState(false);
  const [isTried, setTried] = useState(false);
  const submit = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (!isBlank(name) && length(name) <= NAME_MOST) then(() => rename(person, name.trim(), mayChange))();
  };
  return (
    <Sheet title={say.renameTitle(isolate(person.nickname))} class="small">
      <form onSubmit={submit} noValidate>
        <Field
          id="new-name"
          label={say.newName}
          value={name}
          onInput={setName}
          limit={NAME_MOST}
          problem={isTried && isBlank(name) ? say.nameMissing : null}
          autofocus
        />
        <p class="soft">{say.renameHint}</p>
        <label class="check">
          <input type="checkbox" checked={mayChange} onChange={(event) => setMayChange(event.currentTarget.checked)} />
          <span>{say.mayChange}</span>
        </label>
        <button type="submit" class="button primary wide">
          {say.renameNow}
        </button>
      </form>
    </Sheet>
  );
}

function EndSheet({ room: id, isDelete }: { room: string; isDelete: boolean }): JSX.Element | null {
  const say = sheetWords();
  const room = state.value.rooms?.find((one) => one.id === id);
  // It has ended meanwhile.
  useEffect(() => void (room || closeSheet()), [room]);
  if (!room) return null;
  const end = (): void => {
    go(placeOf("rooms"));
    endRoom(room, isDelete);
  };
  return (
    <Sheet title={isDelete ? say.deleteRoom : say.endRoom} class="small">
      <p class="question">{(isDelete ? say.deleteQuestion : say.endQuestion)(isolate(room.title), room.people)}</p>
      <p class="soft ban-hint">{isDelete ? say.deleteHint : say.endHint}</p>
      <Pair>
        <button type="button" class="button" data-autofocus="" onClick={closeSheet}>
          {say.cancel}
        </button>
        <button type="button" class="button danger-full" onClick={end}>
          {isDelete ? say.deleteRoom : say.endRoom}
        </button>
      </Pair>
    </Sheet>
  );
}

const Pair = ({ children }: { children: ComponentChildren }): JSX.Element => <div class="pair">{children}</div>;

function NewRoomSheet(): JSX.Element {
  const say = sheetWords();
  const [title, setTitle] = useState("");
  const [capacity, setCapacity] = useState(0);
  const [password, setPassword] = useState("");
  const [history, setHistory] = useState<RoomLine["history"]>("all");
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const isReady = !isBlank(title) && length(title) <= TITLE_MOST && length(password) <= PASSWORD_MOST;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (!isReady || isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      const made = await makeRoom({ title: title.trim(), capacity, history, ...(password && { password }) });
      if (made.ok) return go(`${placeOf("rooms")}/${made.data.code}`);
      setProblem(why(made, say));
    } catch {
      setProblem(say.unanswered);
    }
    setBusy(false);
  };

  return (
    <Sheet title={say.newRoom}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field
          id="room-title"
          label={say.roomTitle}
          value={title}
          onInput={setTitle}
          limit={TITLE_MOST}
          problem={isTried && isBlank(title) ? say.titleMissing : null}
          autofocus
        />
        <CapacityField capacity={capacity} choose={setCapacity} />
        <Field
          id="room-password"
          type="password"
          label={say.password}
          value={password}
          onInput={setPassword}
          limit={PASSWORD_MOST}
          inputProps={{ autocomplete: "new-password" }}
        />
        <HistoryField history={history} choose={setHistory} />
        <p class="problem" role="alert">
          {problem}
        </p>
        <p class="soft">{say.newRoomHint}</p>
        <button type="submit" class="button primary wide" aria-disabled={isBusy}>
          {say.make}
        </button>
      </form>
    </Sheet>
  );
}
