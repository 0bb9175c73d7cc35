import { render } from "preact";
import { whenStyled } from "../styled";
import { WallApp } from "./components/wall-app";
import { setTheme, stayAwake } from "./look";

whenStyled(() => {
  setTheme(location.search);
  stayAwake();
  render(<WallApp />, document.getElementById("app")!);
});
// A link that is opened where a wall is open already.
addEventListener("hashchange", () => location.reload());
