import type { JSX } from "preact";
import { typists, type RoomState } from "../store/room";
import { isolate } from "../store/text";
import { words } from "../words";

const NAMED = 2;

/** Its line is always there, so that nothing moves when somebody starts or stops. Not read aloud. */
export function TypingLine({ state }: { state: RoomState }): JSX.Element {
  const names = typists(state, Date.now());
  const others = Math.max(0, names.length - NAMED);
  const text = names.length ? words().typing(names.slice(0, NAMED).map(isolate), others) : "";
  return (
    <p class="typing" aria-hidden="true">
      {text && (
        <>
          <i class="typing-dots">
            <i />
            <i />
            <i />
          </i>
          <span>{text}</span>
        </>
      )}
    </p>
  );
}
