// The open room's name, and the way back. In the main bundle, so that a room has it from the first moment.

import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { follow } from "../route";
import { PLAZA } from "../store/lobby";
import type { Room } from "../wire";
import { words } from "../words";
import { Icon } from "./icons";

interface Props {
  code: string;
  room: Room | null;
  /** How many are here, where that is known and concerns anybody. */
  people: number | null;
  children?: ComponentChildren;
}

export function RoomHeader({ code, room, people, children }: Props): JSX.Element {
  const say = words();
  // To a new view the focus comes along, for those who hear the page: its heading. On a phone the
  // composer would bring up the keyboard over what is there to read.
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <header class="bar">
      <a class="round back" href="/" aria-label={say.back} onClick={follow}>
        <Icon name="back" />
      </a>
      <div class="room-title">
        <h1 ref={heading} tabIndex={-1}>
          <bdi>{room?.title ?? code}</bdi>
        </h1>
        {room && (
          <p class="soft">
            <bdi>{room.namespace === PLAZA ? say.plaza : room.namespace}</bdi>
            {people !== null && ` · ${say.people(people)}`}
          </p>
        )}
      </div>
      {children}
    </header>
  );
}
