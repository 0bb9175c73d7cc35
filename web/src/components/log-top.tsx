import type { JSX } from "preact";
import type { Session } from "../client/session";
import { openSheet } from "../route";
import { beginning } from "../store/history";
import type { RoomState } from "../store/room";
import { isolate } from "../store/text";
import type { Words } from "../words";

interface Props {
  state: RoomState;
  session: Session;
  say: Words;
}

/** One's own name, where no notice of one's own coming tells it: in a crowd they are told together. */
function OwnName({ state, say }: { state: RoomState; say: Words }): JSX.Element | null {
  const { me, log } = state;
  const first = log.messages[0];
  const isTold = first?.alert?.kind === "joined" && first.chatterId === me?.id && first.alert.count <= 1;
  if (!me || isTold) return null;
  return (
    <p class="notice">
      {say.joinedYou(isolate(me.nickname))}
      <button type="button" onClick={() => openSheet("details")}>
        {say.changeName}
      </button>
    </p>
  );
}

/** The row above the oldest message: how to get older ones, or that there are none. */
export function LogTop({ state, session, say }: Props): JSX.Element {
  const from = beginning(state);
  if (from === "older") {
    const text = { idle: say.older, loading: say.olderLoading, failed: say.olderFailed }[state.older];
    return (
      <button type="button" class="older" key="top" onClick={() => void session.older()}>
        {text}
      </button>
    );
  }
  return (
    <>
      <p class="notice" key="top">
        {{ pruned: say.beginPruned, came: say.beginForYou, room: say.begin }[from]}
      </p>
      <OwnName key="me" state={state} say={say} />
    </>
  );
}
