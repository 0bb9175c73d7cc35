import type { JSX } from "preact";
import { Mark } from "../../components/mark";
import { useStill } from "../../components/still";
import { mark } from "../../store/marks";
import { acts, isHost, openAbout, state } from "../app";
import { personKey, unban, unmute, type Somebody } from "../deeds";
import type { Muted, Person } from "../wire";
import { hostWords } from "../words";
import { clock } from "./said-list";

export function PeopleView(): JSX.Element {
  const say = hostWords();
  const { people, bans, mutes, rooms } = useStill(state.value);
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
      {left.length > 0 && <h3 class="channel">{say.leftBefore}</h3>}
      {left.length > 0 && list(left)}
      {mutes && (
        <Kept title={say.mutes} none={say.noMutes} lift={unmute} all={mutes} more={({ until }: Muted) => until && say.mutedUntil(clock(until, say.locale))} />
      )}
      {isHost() && <Kept title={say.bans} none={say.noBans} lift={unban} all={bans} more={(ban) => ban.withAddress && say.withAddress} />}
    </>
  );
}

/** A person, with the room they are in; `null` where the view says that. */
export function PersonRow({ person, room }: { person: Person; room: string | null }): JSX.Element {
  const say = hostWords();
  const { id, nickname, sockets, isPresent } = person;
  const more = [room, person.isMuted && say.muted, isPresent && sockets === 0 && say.awayNow].filter(Boolean).join(" · ");
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

interface KeptProps<T> {
  title: string;
  none: string;
  all: T[];
  lift(one: T): void;
  more(one: T): string | false | null;
}

/** People who are kept out, or from speaking, until that is lifted. */
function Kept<T extends Somebody>({ title, none, all, lift, more }: KeptProps<T>): JSX.Element {
  const say = hostWords();
  return (
    <section aria-label={title}>
      <h3 class="channel">{title}</h3>
      {all.length === 0 && <p class="soft">{none}</p>}
      <ul class="persons">
        {all.map((one) => (
          <li key={one.id} class="banned">
            <Mark of={mark(one)} />
            <span class="line-body">
              <bdi class="person-name">{one.nickname}</bdi>
              {more(one) && <span class="soft">{more(one)}</span>}
            </span>
            <button type="button" class="button" onClick={() => lift(one)}>
              {say.unban}
              <span class="unseen"> {one.nickname}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
