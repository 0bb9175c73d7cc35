import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { hint, hubName, lobby, memory, stays } from "../app";
import { reads, visits } from "../client/keeper";
import { EMPTY, type LobbyState } from "../client/lobby";
import { roomPart } from "../parts";
import { follow, openSheet, route } from "../route";
import { ago, timeLeft } from "../store/clock";
import { alike, channels, fresh as newIn, isFull, matching, ordered, PLAZA, type Order } from "../store/lobby";
import type { Stay } from "../store/stays";
import type { Room } from "../wire";
import { switchLanguage, words, type Words } from "../words";
import { Announcements } from "./announcements";
import { Fizz, Glass, Icon } from "./icons";
import { useStill } from "./still";

/** From this many rooms on, finding one by eye gets slow. */
const SEARCH_FROM = 10;

export function Lobby({ main }: { main: boolean }): JSX.Element {
  const say = words();
  const known = useStill(lobby.value);
  const { hub, reachable, counted } = known;
  const rooms = known.rooms?.map(asOfNow) ?? null;
  const people = rooms?.reduce((sum, room) => sum + room.present, 0);
  const [wanted, setWanted] = useState("");
  useMinute();
  const heading = useArrival(main);

  const same = alike(rooms ?? []);
  const order = useOrder(main, known);
  const read = reads(memory);
  const shown = channels(matching(rooms ?? [], wanted), order);
  return (
    <section class="lobby" role={main ? "main" : "navigation"} aria-label={say.rooms}>
      <header class="bar">
        <h1 class="brand" ref={heading} tabIndex={-1}>
          <Fizz />
          <bdi>{hubName() ?? say.hub}</bdi>
        </h1>
        {hub && people !== undefined && (
          <span class="pill" title={say.peopleNow(people)}>
            <i class={`dot ${reachable ? "" : "dot-off"}`} />
            <span class="unseen">{say.peopleNow(people)}</span>
            <span aria-hidden="true">{say.people(people)}</span>
          </span>
        )}
      </header>
      <p class={`banner ${reachable ? "banner-none" : ""}`} role="status">
        {reachable ? "" : say.hubLost}
      </p>
      {/* Beside a room, which has them itself, they would stand there twice. */}
      {main && <Announcements all={hub?.announcements ?? []} say={say} />}
      <div class="lobby-scroll">
        {rooms === null && <p class="soft centre">{say.looking}</p>}
        {rooms && rooms.length > SEARCH_FROM && (
          <input
            class="search"
            type="search"
            aria-label={say.search}
            placeholder={say.search}
            value={wanted}
            onInput={(event) => setWanted(event.currentTarget.value)}
          />
        )}
        {shown.map((channel) => (
          <section key={channel.namespace} aria-label={channel.namespace === PLAZA ? say.plaza : channel.namespace}>
            <h2 class="channel">
              <bdi>{channel.namespace === PLAZA ? say.plaza : channel.namespace}</bdi>
            </h2>
            <ul class="rooms">
              {channel.rooms.map((room) => (
                <li key={room.id}>
                  <RoomLink
                    room={room}
                    stay={stays.value.get(room.id) ?? null}
                    fresh={stays.value.get(room.id)?.fresh ?? newIn(room, read.get(room.id), counted)}
                    code={same.has(room.id) ? room.code : null}
                    time={timeText(room, say)}
                  />
                </li>
              ))}
            </ul>
          </section>
        ))}
        {rooms && shown.length === 0 && <NoRooms searching={wanted.trim() !== ""} />}
        <OtherHubs />
        <div class="lobby-end">
          <a href="/join" onClick={follow}>
            <Icon name="scan" />
            {say.howToJoin}
          </a>
          <button type="button" onClick={switchLanguage} lang={say.locale === "ko" ? "en" : "ko"}>
            {say.otherLanguage}
          </button>
        </div>
      </div>
      <div class="foot">
        <button type="button" class="button primary" onClick={() => openSheet("create")}>
          {say.create}
        </button>
        <button type="button" class="button" onClick={() => openSheet("code")}>
          {say.openByCode}
        </button>
      </div>
    </section>
  );
}

/** A listed room, with the number of people that is known better where one is in it. */
const asOfNow = (listed: Room): Room => ({ ...listed, present: stays.value.get(listed.id)?.present ?? listed.present });

/** How long a room lasts, where its end is near; else when somebody last spoke in it. */
function timeText(room: Room, say: Words): string | null {
  const { clockOffset } = lobby.value;
  const { unit, count } = timeLeft(room, clockOffset, Date.now());
  if (unit === "minute" || unit === "soon" || unit === "over") return say.left[unit](count);
  if (!room.lastSaidAt) return null;
  const said = ago(room.lastSaidAt, clockOffset, Date.now());
  return say.spoke[said.unit](said.count);
}

interface Told {
  room: Room;
  /** If one is in it: what is known there. */
  stay: Stay | null;
  /** How much is new in it. */
  fresh: number;
  code: string | null;
  time: string | null;
}

/** `code` tells it from another of the same title; `time` is what there is to say of its time. */
function RoomLink({ room, stay, fresh, code, time }: Told): JSX.Element {
  const say = words();
  const place = route.value;
  const full = isFull(room);
  const people = room.capacity > 0 ? say.of(room.present, room.capacity) : say.people(room.present);
  const current = place.view === "room" && place.code === room.code;
  const named = stay !== null && stay.named > 0;
  const inside = stay !== null && !current && say.inside;
  const news = [named && say.called, fresh > 0 && say.fresh(fresh)].filter(Boolean).join(" · ");
  const more = [inside, code && `${say.codeShort} ${code}`, room.isShut && say.shut, full && say.full, time].filter(Boolean);
  // Read aloud it is one sentence; the commas between its parts are heard, not seen.
  return (
    <a
      class={`card ${current ? "card-here" : stay ? "card-in" : ""}`}
      href={`/r/${room.code}`}
      onPointerEnter={fetchRoom}
      onTouchStart={fetchRoom}
      onFocus={fetchRoom}
      aria-current={current ? "page" : undefined}
      onClick={(event) => {
        hint.room = room;
        follow(event);
      }}
    >
      <bdi class="card-title">{room.title}</bdi>
      <span class="card-people">
        {room.isPassword && <Icon name="lock" />}
        <span class="unseen">{room.isPassword ? `, ${say.locked}, ` : ", "}</span>
        {people}
      </span>
      {(news || more.length > 0) && (
        <span class={`card-more ${full ? "card-full" : ""}`}>
          <span class="unseen">, </span>
          {news && <b class={named ? "card-named" : "card-new"}>{news}</b>}
          {news && more.length > 0 && " · "}
          {more.join(" · ")}
        </span>
      )}
    </a>
  );
}

/** The hubs of other tables, by their address: every phone can open that. */
function OtherHubs(): JSX.Element | null {
  const { others } = lobby.value;
  if (others.length === 0) return null;
  const say = words();
  return (
    <section aria-label={say.otherHubs}>
      <h2 class="channel">{say.otherHubs}</h2>
      <ul class="rooms">
        {others.map((hub) => (
          <li key={hub.id}>
            <a class="card" href={hub.url}>
              <bdi class="card-title">{hub.name}</bdi>
              <span class="card-more" translate={false}>
                {hub.url.replace("http://", "")}
              </span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}

function NoRooms({ searching }: { searching: boolean }): JSX.Element {
  const say = words();
  return (
    <div class="empty">
      <Glass />
      <h2>{searching ? say.nothingFound : say.noRooms}</h2>
      {!searching && <p>{say.noRoomsHint}</p>}
    </div>
  );
}

/** While a finger is still on its way. */
const fetchRoom = (): void => void roomPart.fetch();

let lastOrder: Order = new Map();

/** The order of the rooms as it was at the first answer after one came to look. */
function useOrder(main: boolean, now: LobbyState): Order {
  const [order, set] = useState(lastOrder);
  const stale = useRef<LobbyState | null>(EMPTY);
  useEffect(() => {
    const come = (): void => void (stale.current = document.hidden ? stale.current : lobby.value);
    if (main && now.rooms) come();
    document.addEventListener("visibilitychange", come);
    return () => document.removeEventListener("visibilitychange", come);
  }, [main]);
  useLayoutEffect(() => {
    if (!stale.current || stale.current === now || !now.rooms || !now.reachable) return;
    stale.current = null;
    lastOrder = ordered(now.rooms, visits(memory), Date.now(), reads(memory));
    set(lastOrder);
  }, [now]);
  return order;
}

let arrivedBefore = false;

/** Coming back here, the focus comes along; at the first visit it is where browsers put it. */
function useArrival(main: boolean): RefObject<HTMLHeadingElement> {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (main && arrivedBefore) heading.current?.focus();
    arrivedBefore = true;
  }, [main]);
  return heading;
}

/** Redraws now and then, so that "time left" stays true on a page that lies open. */
function useMinute(): void {
  const [, redraw] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => redraw((count) => count + 1), 30_000);
    return () => clearInterval(timer);
  }, []);
}
