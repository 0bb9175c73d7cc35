// Views where there is nothing to list: each is a designed state, not a blank.

import type { ComponentChildren, JSX } from "preact";
import { follow } from "../route";
import { mayTalk, type RoomState } from "../store/room";
import { words } from "../words";
import { Glass } from "./icons";

export function Welcome(): JSX.Element {
  const say = words();
  return (
    <section class="room empty" aria-labelledby="welcome">
      <Glass />
      <h2 id="welcome">{say.pickRoom}</h2>
      <p>{say.pickRoomHint}</p>
    </section>
  );
}

/** A room in which nothing has been said, or nothing since one came: what one can do about that, if anything. */
export function Quiet({ state, since }: { state: RoomState; since: "room" | "came" }): JSX.Element {
  const say = words();
  return (
    <div class="empty">
      <Glass />
      {mayTalk(state) ? (
        <>
          <h2>{since === "came" ? say.fromNow : say.quiet}</h2>
          <p>{since === "came" ? say.fromNowHint : say.quietHint}</p>
        </>
      ) : (
        <>
          <h2>{since === "came" ? say.nothingSaidSince : say.nothingSaid}</h2>
          <div class="empty-actions">
            <a class="button" href="/" onClick={follow}>
              {say.toLobby}
            </a>
          </div>
        </>
      )}
    </div>
  );
}

/** A refusal of the hub, in words, and the remedy. */
export function Refused(props: { title: string; text: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty" role="alert">
      <Glass />
      <h2>{props.title}</h2>
      {props.text && <p>{props.text}</p>}
      <div class="empty-actions">{props.children}</div>
    </div>
  );
}
