import type { JSX } from "preact";
import type { Session } from "../client/session";
import { hasOlder } from "../store/log";
import type { RoomState } from "../store/room";
import type { Words } from "../words";

interface Props {
  state: RoomState;
  session: Session;
  say: Words;
}

/** What stands above the oldest message: how to get older ones, or that there are none. */
export function LogTop({ state, session, say }: Props): JSX.Element {
  if (hasOlder(state.log)) {
    const text = { idle: say.older, loading: say.olderLoading, failed: say.olderFailed }[state.older];
    return (
      <button type="button" class="older" key="top" onClick={() => void session.older()}>
        {text}
      </button>
    );
  }
  const begin = state.log.firstSeq > 1 ? say.beginForYou : say.begin;
  return (
    <p class="notice" key="top">
      {state.pruned ? say.beginPruned : begin}
    </p>
  );
}
