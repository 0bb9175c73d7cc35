// A wall: what a projector or a television shows of a room.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { askHub, Watch, type State } from "../watch";
import { wordsFor } from "../words";
import { Board } from "./board";
import { Message } from "./message";

/** The room's code in the address: `/wall/{code}`. */
const codeOf = (path: string): string => decodeURIComponent(path.split("/")[2] ?? "");

export function WallApp(): JSX.Element {
  const [state, show] = useState<State>({ name: "looking" });
  const code = codeOf(location.pathname);
  useEffect(() => {
    if (!code) return;
    const watch = new Watch(askHub(code, location.hash.slice(1)), show);
    const look = (): void => void watch.look();
    look();
    // Timers are slow while nobody looks.
    document.addEventListener("visibilitychange", look);
    addEventListener("online", look);
    return () => {
      watch.end();
      document.removeEventListener("visibilitychange", look);
      removeEventListener("online", look);
    };
  }, [code]);

  const event = state.name === "wall" ? state.wall.language : null;
  const say = wordsFor(location.search, event, navigator.language);
  const title = state.name === "wall" ? state.wall.room.title : "Cola Hub";
  useEffect(() => {
    document.documentElement.lang = say.locale;
    document.title = title;
  }, [say, title]);

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
