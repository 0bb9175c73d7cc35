// The newest messages, large, the newest below. Rows that do not fit whole are not shown at all (`wall.css`).

import type { JSX } from "preact";
import { Mark } from "../../components/mark";
import { mark } from "../../store/marks";
import type { Message } from "../../wire";
import type { WallWords } from "../words";

/** One message, also where the hub went on from a copy and gives its place to another. */
const keyOf = ({ seq, chatterId, sentAt }: Message): string => `${seq}/${chatterId}/${sentAt}`;

export function Talk({ messages, say }: { messages: readonly Message[]; say: WallWords }): JSX.Element {
  if (messages.length === 0) return <p class="quiet">{say.quiet}</p>;
  return (
    <ul class="talk">
      {[...messages].reverse().map((message) => (
        <Row key={keyOf(message)} message={message} />
      ))}
    </ul>
  );
}

function Row({ message }: { message: Message }): JSX.Element {
  const face = mark(message.chatter);
  return (
    <li class={`said tint-${face.tint} ${message.host ? "of-host" : ""}`} data-key={keyOf(message)}>
      <Mark of={face} />
      <div>
        <b class="name">
          <bdi>{message.chatter.nickname}</bdi>
        </b>
        <div class="bubble">
          <p class="text" dir="auto">
            {message.content}
          </p>
        </div>
      </div>
    </li>
  );
}
