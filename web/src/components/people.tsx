import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../app";
import { markOf, type RoomState } from "../store/room";
import type { Chatter } from "../wire";
import { words } from "../words";
import { Mark } from "./mark";
import { Sheet } from "./sheet";

export function PeopleSheet({ state }: { state: RoomState }): JSX.Element {
  return (
    <Sheet title={words().peopleTitle(state.present)} class="people-sheet">
      <PeopleList state={state} />
    </Sheet>
  );
}

export function People({ state }: { state: RoomState }): JSX.Element {
  return (
    <>
      <h2>{words().people(state.present)}</h2>
      <PeopleList state={state} />
    </>
  );
}

function PeopleList({ state }: { state: RoomState }): JSX.Element {
  const say = words();
  const me = state.me?.id;
  // Of a big room the hub lists some; one is there oneself all the same.
  const own = state.me ? [state.me] : [];
  const [more, setMore] = useState<Chatter[]>([]);
  const [page, setPage] = useState(0);
  const [busy, setBusy] = useState(false);

  // The hub lists the first ones by itself; the rest is fetched only when somebody asks.
  const all = [...new Map([...own, ...state.roster, ...more].map((chatter) => [chatter.id, chatter])).values()];
  const shown = [...all.filter((chatter) => chatter.id === me), ...all.filter((chatter) => chatter.id !== me)];
  const hidden = state.present > shown.length;

  const load = async (): Promise<void> => {
    setBusy(true);
    try {
      const answer = await api.chatters(state.room!.id, page + 1);
      if (answer.ok) {
        setMore([...more, ...answer.data.chatters]);
        setPage(page + 1);
      }
    } catch {
      // The button stays; the banner says that the hub is out of reach.
    }
    setBusy(false);
  };

  return (
    <>
      <ul class="people">
        {shown.map((chatter) => (
          <li key={chatter.id}>
            <Mark of={markOf(state, chatter)} />
            <span class="person">
              <bdi>{state.names.get(chatter.id) ?? chatter.nickname}</bdi>
              {chatter.id === me && <span class="soft"> ({say.you})</span>}
            </span>
          </li>
        ))}
      </ul>
      {shown.length === 1 && !hidden && <p class="soft">{say.alone}</p>}
      {hidden && (
        <div class="people-more">
          <p class="soft">{say.peopleCut(shown.length, state.present)}</p>
          <button type="button" class="button" aria-disabled={busy} onClick={() => void (busy || load())}>
            {say.morePeople}
          </button>
        </div>
      )}
    </>
  );
}
