import { render } from "preact";
import { App } from "./components/app";
import { followKeyboard } from "./keyboard";
import { whenStyled } from "./styled";

followKeyboard();
whenStyled(() => render(<App />, document.getElementById("app")!));
