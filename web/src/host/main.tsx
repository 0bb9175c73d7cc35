import { render } from "preact";
import { followKeyboard } from "../keyboard";
import { whenStyled } from "../styled";
import { lookOn, takeLink } from "./app";
import { HostApp } from "./components/host-app";

takeLink();
// A link that is opened where the page is open already.
addEventListener("hashchange", takeLink);
document.addEventListener("visibilitychange", lookOn);
addEventListener("pagehide", lookOn);

followKeyboard();
whenStyled(() => render(<HostApp />, document.getElementById("app")!));
