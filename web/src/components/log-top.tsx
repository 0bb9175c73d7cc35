import type { JSX } from "preact";
import type { Session } from "../client/session";
import { beginning } from "../store/history";
import type { RoomState } from "../store/room";
import type { Words } from "../words";

interface Props {
  state: RoomState;
  session: Session;
  say: Words;
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
    <p class="notice" key="top">
      {{ pruned: say.beginPruned, came: say.beginForYou, room: say.begin }[from]}
    </p>
  );
}
