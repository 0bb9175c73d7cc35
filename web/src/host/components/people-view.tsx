import type { JSX } from "preact";
import { Mark } from "../../components/mark";
import { mark } from "../../store/marks";
import { acts, isHost, openAbout, state } from "../app";
import { personKey, unban } from "../deeds";
import type { Banned, Person } from "../wire";
import { hostWords } from "../words";

export function PeopleView(): JSX.Element {
  const say = hostWords();
  const { people, bans, rooms } = state.value;
  if (!people) return <p class="soft centre">{say.looking}</p>;
  const titles = new Map(rooms?.map(({ code, title }) => [code, title]));
  const here = people.filter((person) => person.isPresent);
  const left = people.filter((person) => !person.isPresent);
  const list = (some: Person[]): JSX.Element => (
    <ul class="persons">
      {some.map((person) => (
        <li key={`${person.id} ${person.room}`}>
          <PersonRow person={person} room={titles.get(person.room) ?? person.room} />
        </li>
      ))}
    </ul>
  );
  return (
    <>
      <h2 class="view-title">{say.here(here.length)}</h2>
      {here.length === 0 && <p class="soft">{say.nobody}</p>}
      {list(here)}
      {left.length > 0 && <h3 class="channel">{say.left}</h3>}
      {left.length > 0 && list(left)}
      {isHost() && <Bans bans={bans} />}
    </>
  );
}

/** A person, with the room they are in; `null` where the view says that. */
export function PersonRow({ person, room }: { person: Person; room: string | null }): JSX.Element {
  const say = hostWords();
  const { id, nickname, sockets, isPresent } = person;
  const more = [room, isPresent && sockets === 0 && say.awayNow].filter(Boolean).join(" · ");
  return (
    <button
      type="button"
      class={`line ${acts.concerns(personKey(id)) ? "line-going" : ""}`}
      aria-haspopup="dialog"
      onClick={() => openAbout({ kind: "person", person: { id, nickname, room: person.room } })}
    >
      <Mark of={mark(person)} />
      <span class="line-body">
        <bdi class="person-name">{nickname}</bdi>
        {more && <bdi class="soft">{more}</bdi>}
      </span>
    </button>
  );
}

function Bans({ bans }: { bans: Banned[] }): JSX.Element {
  const say = hostWords();
  return (
    <section aria-labelledby="bans">
      <h3 class="channel" id="bans">
        {say.bans}
      </h3>
      {bans.length === 0 && <p class="soft">{say.noBans}</p>}
      <ul class="persons">
        {bans.map((banned) => (
          <li key={banned.id} class="banned">
            <Mark of={mark(banned)} />
            <span class="line-body">
              <bdi class="person-name">{banned.nickname}</bdi>
              {banned.withAddress && <span class="soft">{say.withAddress}</span>}
            </span>
            <button type="button" class="button" onClick={() => unban(banned)}>
              {say.unban}
              <span class="unseen"> {banned.nickname}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
