// Searching a room: what was found, newest first, each with the way to where it stands.
//
// It is searched for when somebody asks, not at every key: the hub looks through all of a room, and a syllable that an
// input method still builds is found nowhere.

import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { signal } from "@preact/signals";
import { api } from "../app";
import type { Session } from "../client/session";
import { closeSheet } from "../route";
import { daysBetween, local } from "../store/clock";
import { foundIn } from "../store/found";
import { markOf, nicknameOf, type RoomState } from "../store/room";
import type { Id, Message } from "../wire";
import { sheetWords, type All } from "../words.sheets";
import { Mark } from "./mark";
import { Sheet } from "./sheet";

/** The most characters that the hub searches for. */
const MOST = 100;

interface Results {
  roomId: Id;
  text: string;
  messages: Message[];
  /** From where to go on; `null` where everything was searched. */
  before: number | null;
}

/** What was found last: whoever has looked at one comes back for the next. */
const kept = signal<Results | null>(null);

interface Props {
  state: RoomState;
  session: Session;
}

export function FindSheet({ state, session }: Props): JSX.Element {
  const say = sheetWords();
  const roomId = state.room!.id;
  const results = kept.value?.roomId === roomId ? kept.value : null;
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const asked = useRef(0);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => input.current!.select(), []);

  const search = async (text: string, go: Results | null): Promise<void> => {
    if (text === "" || (busy && go)) return;
    const own = (asked.current += 1);
    setBusy(true);
    setProblem(null);
    const answer = await api.search(roomId, text, go?.before ?? null).catch(() => null);
    if (asked.current !== own) return;
    setBusy(false);
    if (!answer) return setProblem(say.findFailed);
    if (!answer.ok) return setProblem(say.refused[answer.refusal.code].join(". "));
    const before = go?.messages ?? [];
    kept.value = { roomId, text, messages: [...before, ...answer.data.messages], before: answer.data.more ? answer.data.before : null };
    // The button may be gone, and the focus with it.
    if (go) setTimeout(() => list.current?.querySelectorAll("button")[before.length]?.focus());
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    // The element knows more than the last render: the syllable that is being built.
    void search(input.current!.value.trim(), null);
  };

  const shown = results ? results.messages.filter((message) => isShown(state, message)) : [];
  return (
    <Sheet title={say.findHere} class="find-sheet">
      <form class="find" role="search" onSubmit={submit} noValidate>
        <input
          ref={input}
          class="search"
          type="search"
          defaultValue={results?.text ?? ""}
          maxLength={MOST}
          aria-label={say.findHint}
          placeholder={say.findHint}
          enterkeyhint="search"
          autocomplete="off"
          spellcheck={false}
          dir="auto"
          data-autofocus=""
        />
        <button type="submit" class="button primary" aria-disabled={busy}>
          {say.find}
        </button>
      </form>
      <p class="soft find-status" role="status">
        {problem ?? (busy ? say.finding : results ? told(results, shown.length, say) : "")}
      </p>
      <ul class="found-list" ref={list} aria-busy={busy} onKeyDown={move}>
        {results &&
          shown.map((message) => (
            <Result key={message.seq} message={message} text={results.text} state={state} session={session} />
          ))}
      </ul>
      {results && results.before !== null && (
        <button type="button" class="button wide" aria-disabled={busy} onClick={() => void search(results.text, results)}>
          {busy ? say.finding : say.findOlder}
        </button>
      )}
    </Sheet>
  );
}

/** Not what was taken back since, or is from somebody who is hidden here. */
const isShown = ({ log, hidden }: RoomState, { seq, chatterId, takenBack }: Message): boolean =>
  !takenBack && !log.gone.has(seq) && !hidden.has(chatterId);

function told({ before }: Results, count: number, say: All): string {
  if (count > 0) return say.found(count, before !== null);
  return before === null ? say.foundNothing : say.foundNotYet;
}

/** The arrows lead from one to the next. */
function move(event: KeyboardEvent): void {
  const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (by === 0) return;
  event.preventDefault();
  const all = Array.from((event.currentTarget as HTMLElement).querySelectorAll("button"));
  all[all.indexOf(document.activeElement as HTMLButtonElement) + by]?.focus();
}

function Result({ message, text, state, session }: Props & { message: Message; text: string }): JSX.Element {
  const say = sheetWords();
  const go = (): void => {
    closeSheet();
    void session.reader.goTo(message.seq);
  };
  return (
    <li>
      <button type="button" onClick={go}>
        <Mark of={markOf(state, message.chatter)} />
        <span class="found-text">
          <span class="soft">
            <bdi>{nicknameOf(state, message.chatter)}</bdi>
            <time dateTime={message.sentAt}>{when(local(message.sentAt, state.clockOffset), say)}</time>
          </span>
          <span dir="auto">
            {foundIn(message.content, text).map((piece, at) =>
              piece.isFound ? <mark key={at}>{piece.text}</mark> : piece.text,
            )}
          </span>
        </span>
      </button>
    </li>
  );
}

function when(at: number, say: All): string {
  if (Number.isNaN(at)) return "";
  const time = { hour: "2-digit", minute: "2-digit" } as const;
  const date = daysBetween(at, Date.now()) === 0 ? {} : ({ month: "short", day: "numeric" } as const);
  return new Intl.DateTimeFormat(say.locale, { ...date, ...time, hour12: false }).format(at);
}
