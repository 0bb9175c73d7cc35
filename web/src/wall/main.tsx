import { render } from "preact";
import { whenStyled } from "../styled";
import { WallApp } from "./components/wall-app";
import { setTheme, stayAwake } from "./look";
import { moveFrom, placesIn } from "./motion";
import { askHub, Watch, type State } from "./watch";
import { wordsFor } from "./words";

/** The room's code in the address: `/wall/{code}`. */
const code = location.pathname.split("/")[2] ?? "";
const root = document.getElementById("app")!;

function draw(state: State): void {
  const wall = state.name === "wall" ? state.wall : null;
  const say = wordsFor(location.search, wall && wall.language, navigator.language);
  document.documentElement.lang = say.locale;
  document.title = wall ? wall.room.title : "Cola Hub";
  const before = placesIn(root);
  render(<WallApp code={code} state={state} say={say} />, root);
  moveFrom(before, root);
}

whenStyled(() => {
  setTheme(location.search);
  stayAwake();
  const looking: State = { name: "looking" };
  draw(looking);
  if (!code) return;
  const watch = new Watch(askHub(code, location.hash.slice(1)), draw, looking);
  const look = (): void => void watch.look();
  look();
  // Timers are slow while nobody looks.
  document.addEventListener("visibilitychange", look);
  addEventListener("online", look);
});
// A link that is opened where a wall is open already.
addEventListener("hashchange", () => location.reload());
