import type { JSX } from "preact";
import { Icon } from "../../components/icons";
import { useStill } from "../../components/still";
import { follow } from "../../route";
import { PLAZA } from "../../store/lobby";
import { isHost, openAbout, state } from "../app";
import { setAllModes } from "../deeds";
import { commonMode, commonSetting } from "../state";
import type { RoomLine } from "../wire";
import { hostWords } from "../words";
import { Ladder } from "./ladder";

export function RoomsView(): JSX.Element {
  const say = hostWords();
  const { rooms } = useStill(state.value);
  if (!rooms) return <p class="soft centre">{say.looking}</p>;
  return (
    <>
      <h2 class="view-title">{say.rooms}</h2>
      {rooms.length === 0 && <p class="soft">{say.noRooms}</p>}
      <ul class="rooms">
        {rooms.map((room) => (
          <li key={room.id}>
            <RoomCard room={room} />
          </li>
        ))}
      </ul>
      {isHost() && rooms.some(({ mode }) => mode) && <AllRooms rooms={rooms} />}
      {isHost() && (
        <button type="button" class="button primary wide" aria-haspopup="dialog" onClick={() => openAbout({ kind: "newRoom" })}>
          {say.newRoom}
        </button>
      )}
      {isHost() && (
        <button type="button" class="button wide under" aria-haspopup="dialog" onClick={() => openAbout({ kind: "event" })}>
          {say.eventFile}
        </button>
      )}
    </>
  );
}

/** What people may do in all rooms. */
function AllRooms({ rooms }: { rooms: RoomLine[] }): JSX.Element {
  const say = hostWords();
  return (
    <details class="all-rooms in-room">
      <summary>{say.allRooms}</summary>
      <div class="controls">
        <Ladder mode={commonMode(rooms)} now={commonSetting(rooms)} until={null} set={(to) => setAllModes(rooms, to)} />
      </div>
    </details>
  );
}

function RoomCard({ room }: { room: RoomLine }): JSX.Element {
  const say = hostWords();
  const people = room.capacity > 0 ? say.of(room.people, room.capacity) : say.people(room.people);
  const state = room.mode ? room.mode !== "open" && say.modes[room.mode] : room.isShut && say.shut;
  const more = [room.namespace === PLAZA ? null : room.namespace, `${say.code} ${room.code}`, state];
  return (
    <a class="card" href={`/host/rooms/${room.code}`} onClick={follow}>
      <bdi class="card-title">{room.title}</bdi>
      <span class="card-people">
        {room.isPassword && <Icon name="lock" />}
        <span class="unseen">{room.isPassword ? `, ${say.locked}, ` : ", "}</span>
        {people}
      </span>
      <span class="card-more">
        <span class="unseen">, </span>
        {more.filter(Boolean).join(" · ")}
      </span>
    </a>
  );
}
