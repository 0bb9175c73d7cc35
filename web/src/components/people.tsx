import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api } from "../app";
import type { Session } from "../client/session";
import { markOf, type RoomState } from "../store/room";
import type { Chatter } from "../wire";
import { sheetWords } from "../words.sheets";
import { Mark } from "./mark";
import { Sheet } from "./sheet";

interface Props {
  state: RoomState;
  session: Session;
}

export function PeopleSheet({ state, session }: Props): JSX.Element {
  return (
    <Sheet title={sheetWords().peopleTitle(state.present)} class="people-sheet">
      <PeopleList state={state} session={session} />
    </Sheet>
  );
}

export function People({ state, session }: Props): JSX.Element {
  return (
    <>
      <h2>{sheetWords().people(state.present)}</h2>
      <PeopleList state={state} session={session} />
    </>
  );
}

function PeopleList({ state, session }: Props): JSX.Element {
  const say = sheetWords();
  const me = state.me?.id;
  // Of a big room the hub lists some; one is there oneself all the same.
  const own = state.me ? [state.me] : [];
  const [more, setMore] = useState<Chatter[]>([]);
  const [page, setPage] = useState(0);
  const [busy, setBusy] = useState(false);

  // The hub lists the first ones by itself; the rest is fetched only when somebody asks.
  const all = [...new Map([...own, ...state.roster, ...more].map((chatter) => [chatter.id, chatter])).values()];
  const shown = [...all.filter((chatter) => chatter.id === me), ...all.filter((chatter) => chatter.id !== me)];
  const isCut = state.present > shown.length;
  // Also those who have left: they may come back.
  const gone = [...state.hidden].filter(([id]) => !shown.some((chatter) => chatter.id === id));
  const listed = [...shown, ...gone.map(([id, nickname]) => ({ id, nickname }))];

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

  // The button goes, and the focus would go with it.
  const show = (chatter: Pick<Chatter, "id" | "nickname">, button: HTMLElement): void => {
    button.closest("ul")!.focus();
    session.hide(chatter, false);
  };

  return (
    <>
      <ul class="people" tabIndex={-1}>
        {listed.map((chatter) => (
          <li key={chatter.id} class={state.hidden.has(chatter.id) ? "hidden" : ""}>
            <Mark of={markOf(state, chatter)} />
            <span class="person">
              <bdi>{state.names.get(chatter.id) ?? chatter.nickname}</bdi>
              {chatter.id === me && <span class="soft"> ({say.you})</span>}
              {state.hidden.has(chatter.id) && <span class="soft"> ({say.hidden})</span>}
            </span>
            {state.hidden.has(chatter.id) && (
              <button type="button" class="button" onClick={(event) => show(chatter, event.currentTarget)}>
                {say.showAgain}
              </button>
            )}
          </li>
        ))}
      </ul>
      {shown.length === 1 && !isCut && <p class="soft">{say.alone}</p>}
      {isCut && (
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
