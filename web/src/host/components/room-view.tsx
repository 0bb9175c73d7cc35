// A room that is open: who is in it, what they say, and what a host can do about it.

import type { JSX } from "preact";
import { Icon } from "../../components/icons";
import { follow } from "../../route";
import { isHost, openAbout, placeOf, state } from "../app";
import { lock, setHistory, setMode, setQuestions } from "../deeds";
import { hubNow, settingOf } from "../state";
import type { RoomLine } from "../wire";
import { hostWords } from "../words";
import { Ladder } from "./ladder";
import { PersonRow } from "./people-view";
import { QuestionsList, WaitingList } from "./questions-list";
import { SaidList } from "./said-list";
import { Step } from "./step";

export function RoomView({ code }: { code: string }): JSX.Element {
  const say = hostWords();
  const { rooms, open } = state.value;
  const room = rooms?.find((one) => one.code === code);
  if (!rooms) return <p class="soft centre">{say.looking}</p>;
  if (!room) {
    return (
      <div class="empty">
        <h2>{say.gone}</h2>
        <div class="empty-actions">
          <a class="button" href={placeOf("rooms")} onClick={follow}>
            {say.back}
          </a>
        </div>
      </div>
    );
  }
  const known = open?.room === room.id ? open : null;
  const people = room.capacity > 0 ? say.of(room.people, room.capacity) : say.people(room.people);
  return (
    <>
      <div class="room-head">
        <a class="round" href={placeOf("rooms")} aria-label={say.back} onClick={follow}>
          <Icon name="back" />
        </a>
        <h2 class="view-title">
          <bdi>{room.title}</bdi>
        </h2>
      </div>
      <p class="soft">
        {[people, `${say.code} ${room.code}`, room.isPassword && say.locked].filter(Boolean).join(" · ")}
      </p>
      {isHost() && <Controls room={room} />}
      {known && (
        <>
          <details class="in-room">
            <summary>
              {say.inIt} · {say.people(known.people.length)}
            </summary>
            {known.people.length === 0 && <p class="soft">{say.nobody}</p>}
            <ul class="persons">
              {known.people.map((person) => (
                <li key={person.id}>
                  <PersonRow person={person} room={null} />
                </li>
              ))}
            </ul>
          </details>
          <WaitingList waiting={known.waiting} />
          <QuestionsList room={room} questions={known.questions} />
          <h3 class="channel">{say.readAlong}</h3>
          <SaidList messages={known.messages} withRoom={false} />
        </>
      )}
    </>
  );
}

function Controls({ room }: { room: RoomLine }): JSX.Element {
  const say = hostWords();
  return (
    <div class="controls">
      {room.mode ? (
        <Ladder
          mode={room.mode}
          now={settingOf(room, hubNow(state.value))}
          until={room.modeUntil ?? null}
          set={(setting) => setMode(room, setting)}
        />
      ) : (
        <fieldset>
          <legend>{say.door}</legend>
          <div class="steps">
            <Step isOn={!room.isShut} label={say.doorOpen} choose={() => lock(room, false)} />
            <Step isOn={room.isShut} label={say.doorShut} choose={() => lock(room, true)} />
          </div>
        </fieldset>
      )}
      <fieldset>
        <legend>{say.history}</legend>
        <div class="steps">
          <Step isOn={room.history === "all"} label={say.historyAll} choose={() => setHistory(room, "all")} />
          <Step isOn={room.history === "joined"} label={say.historyJoined} choose={() => setHistory(room, "joined")} />
        </div>
      </fieldset>
      {room.questions !== undefined && (
        <fieldset>
          <legend>{say.questionsAre}</legend>
          <div class="steps">
            <Step isOn={room.questions === "open"} label={say.questionsOpen} choose={() => setQuestions(room, "open")} />
            <Step isOn={room.questions === "held"} label={say.questionsHeld} choose={() => setQuestions(room, "held")} />
          </div>
        </fieldset>
      )}
      {room.position !== undefined && (
        <button type="button" class="button wide" aria-haspopup="dialog" onClick={() => openAbout({ kind: "edit", room: room.id })}>
          {say.editRoom}
        </button>
      )}
      <p class="to-wall">
        <button type="button" class="button wide" aria-haspopup="dialog" onClick={() => openAbout({ kind: "wall", room: room.id })}>
          {say.wall}
        </button>
      </p>
      <div class="ends">
        {[false, true].map((isDelete) => (
          <button
            key={String(isDelete)}
            type="button"
            class="button danger"
            aria-haspopup="dialog"
            onClick={() => openAbout({ kind: "end", room: room.id, isDelete })}
          >
            {isDelete ? say.deleteRoom : say.endRoom}
          </button>
        ))}
      </div>
    </div>
  );
}
