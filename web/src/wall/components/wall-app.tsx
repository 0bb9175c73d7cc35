// A wall: what a projector or a television shows of a room.

import type { JSX } from "preact";
import type { State } from "../watch";
import type { WallWords } from "../words";
import { Board } from "./board";
import { Message } from "./message";

export function WallApp({ code, state, say }: { code: string; state: State; say: WallWords }): JSX.Element {
  if (!code) return <Message lines={say.noCode} />;
  switch (state.name) {
    case "looking":
      return <Message lines={[say.looking, ""]} />;
    case "refused":
      return <Message lines={say.why[state.why]} />;
    case "wall":
      return <Board wall={state.wall} isLost={state.isLost} say={say} />;
  }
}
