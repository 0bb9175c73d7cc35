// Views where there is nothing to list: each is a designed state, not a blank.

import type { ComponentChildren, JSX } from "preact";
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
