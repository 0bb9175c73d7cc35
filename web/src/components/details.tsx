// About this room: who one is here, how to bring others, how to leave.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { limits, lobby, lobbyWatch } from "../app";
import type { Session } from "../client/session";
import { timeLeft } from "../store/clock";
import { openSheet } from "../route";
import { addresses } from "../store/invite";
import { hasQuestions } from "../store/questions";
import { markOf, type RoomState } from "../store/room";
import { isBlank, length } from "../store/text";
import { historyOf } from "../wire";
import { sheetWords } from "../words.sheets";
import { AttentionSettings } from "./attention";
import { Copy } from "./copy";
import { Field } from "./field";
import { LaterQr } from "./later";
import { Mark } from "./mark";
import { PollHistory } from "./poll-history";
import { Sheet } from "./sheet";

export function DetailsSheet(props: { state: RoomState; session: Session; onLeave(): void }): JSX.Element {
  const say = sheetWords();
  const { state, session } = props;
  const room = state.room!;
  const rest = timeLeft(room, state.clockOffset, Date.now());
  const people = room.capacity > 0 ? say.of(state.present, room.capacity) : say.people(state.present);

  useEffect(() => {
    if (!lobby.value.hub) void lobbyWatch.refresh();
  }, []);
  const base = addresses(lobby.value.hub?.addresses ?? [], location.origin)[0]!;
  const link = `${base}/r/${room.code}`;

  return (
    <Sheet title={say.details}>
      <p class="soft details-facts">
        <bdi>{room.title}</bdi>
        {` · ${people} · ${say.left[rest.unit](rest.count)}`}
        <br />
        {historyOf(room) === "all" ? say.readsAll : say.readsJoined}
      </p>
      {room.isShut && <p class="soft details-shut">{say.shutHint}</p>}
      {hasQuestions(state) && (
        <button type="button" class="button wide" onClick={() => openSheet("questions")}>
          {say.questions}
        </button>
      )}
      {state.me && <Name state={state} session={session} />}
      <section class="invite" aria-labelledby="invite-title">
        <h3 id="invite-title">{say.invite}</h3>
        <div class="invite-grid">
          <LaterQr text={link} label={say.qrRoom(link)} />
          <div>
            <p class="soft">{say.code}</p>
            <p class="room-code" translate={false}>
              {room.code}
            </p>
            <p class="soft">{say.link}</p>
            <p class="invite-link" dir="ltr">
              {`${base.replace("http://", "")}/r/`}
              <wbr />
              {room.code}
            </p>
            <Copy text={link} label={say.copyLink} />
          </div>
        </div>
      </section>
      <PollHistory session={session} />
      <AttentionSettings />
      <section class="leave">
        <p class="soft">{say.leaveHint}</p>
        <button type="button" class="button wide" onClick={props.onLeave}>
          {say.leave}
        </button>
      </section>
    </Sheet>
  );
}

/** One's own name here: seen first, changed on request. */
function Name({ state, session }: { state: RoomState; session: Session }): JSX.Element {
  const say = sheetWords();
  const me = state.me!;
  const [typed, setTyped] = useState(me.nickname);
  const [said, setSaid] = useState<{ good: boolean; text: string } | null>(null);
  const name = typed.trim();
  const changed = name !== me.nickname;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (isBlank(name)) return setSaid({ good: false, text: say.nameMissing });
    if (!changed || length(name) > limits().nickname) return;
    const refusal = await session.acts.rename(name);
    setSaid(
      refusal ? { good: false, text: say.refused[refusal.code].join(". ") } : { good: true, text: say.nameChanged },
    );
  };

  return (
    <form class="name-form" onSubmit={(event) => void submit(event)} noValidate>
      <Mark of={markOf(state, me)} />
      <Field
        id="nickname"
        label={say.yourName}
        value={typed}
        onInput={(value) => {
          setTyped(value);
          setSaid(null);
        }}
        limit={limits().nickname}
        problem={said && !said.good ? said.text : null}
        inputProps={{ enterkeyhint: "done" }}
        bare
      />
      <button type="submit" class="button" aria-disabled={!changed}>
        {say.change}
      </button>
      <p class={`result ${said?.good ? "good" : "problem"}`} id="nickname-problem" role="status">
        {said?.text ?? (length(name) > limits().nickname ? say.atMost(limits().nickname) : "")}
      </p>
    </form>
  );
}
