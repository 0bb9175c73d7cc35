// What stands at the ends of the log, and above it.

import type { JSX } from "preact";
import type { Session } from "../client/session";
import { beginning } from "../store/history";
import { shown } from "../store/past";
import type { RoomState } from "../store/room";
import type { Words } from "../words";
import { Icon } from "./icons";

interface Props {
  state: RoomState;
  session: Session;
  say: Words;
}

/** The row above the oldest message: how to get older ones, or that there are none. */
export function LogTop({ state, session, say }: Props): JSX.Element {
  const from = beginning({ log: shown(state), pruned: state.pruned });
  if (from === "older") {
    const text = { idle: say.older, loading: say.olderLoading, failed: say.olderFailed }[state.older];
    return (
      <button type="button" class="older" key="top" onClick={() => void session.reader.older()}>
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

/** The row below the last message of a stretch far back. */
export function LogEnd({ state, session, say }: Props): JSX.Element {
  const text = { idle: say.newer, loading: say.newerLoading, failed: say.newerFailed }[state.newer];
  return (
    <button type="button" class="older" key="end" onClick={() => void session.reader.newer()}>
      {text}
    </button>
  );
}

/** That a message is fetched to which one wants to go, or why it cannot be. */
export function LogGoing(props: {
  going: NonNullable<RoomState["going"]>;
  session: Session;
  say: Words;
}): JSX.Element {
  const { going, session, say } = props;
  const { seq, problem } = going;
  if (problem === null) {
    return (
      <p class="going" role="status">
        {say.goingThere}
      </p>
    );
  }
  return (
    <p class="going going-not" role="status">
      <span>{problem === "lost" ? say.goingFailed : say.refused[problem][0]}</span>
      <button type="button" onClick={() => void session.reader.goTo(seq)}>
        {say.retryNow}
      </button>
      <button type="button" class="round" aria-label={say.close} onClick={() => session.reader.stay()}>
        <Icon name="close" />
      </button>
    </p>
  );
}
