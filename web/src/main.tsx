import { render } from "preact";
import { App } from "./components/app";
import { followKeyboard } from "./keyboard";

followKeyboard();
render(<App />, document.getElementById("app")!);
