import { useEffect, useState } from "preact/hooks";
import type { JSX } from "preact";
import { hubName, lobby, lobbyWatch, title } from "../app";
import { fetchAhead } from "../parts";
import { follow, route, sheet } from "../route";
import { words } from "../words";
import { JoinPage } from "./join-page";
import { LaterForms, LaterRoom } from "./later";
import { Lobby } from "./lobby";
import { Refused, Welcome } from "./states";

const WIDE = "(min-width: 56.25em)";

export function App(): JSX.Element {
  const here = route.value;
  const wide = useMedia(WIDE);
  const lobbySeen = here.view === "lobby" || (wide && here.view !== "join");

  useEffect(() => {
    const look = (): void => lobbyWatch.watch(lobbySeen && !document.hidden);
    look();
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
  }, [lobbySeen]);

  // Once there is something to see, what a tap will need is fetched: by then the network may be gone.
  const isShown = lobby.value.rooms !== null || here.view !== "lobby";
  useEffect(() => void (isShown && fetchAhead()), [isShown]);

  const name = hubName();
  useEffect(() => {
    if (here.view !== "room") title.value = name ?? "Cola Hub";
  }, [here.view, name]);

  if (here.view === "join") return <JoinPage />;
  return (
    <div class={`app at-${here.view === "lobby" ? "lobby" : "room"}`}>
      {lobbySeen && <Lobby main={here.view === "lobby"} />}
      {here.view === "lobby" && wide && <Welcome />}
      {here.view === "room" && <LaterRoom key={here.code} code={here.code} wide={wide} />}
      {here.view === "nowhere" && (
        <main class="room">
          <Refused title={words().notFound} text="">
            <a class="button primary" href="/" onClick={follow}>
              {words().toLobby}
            </a>
          </Refused>
        </main>
      )}
      {(sheet.value === "create" || sheet.value === "code") && <LaterForms />}
    </div>
  );
}

function useMedia(query: string): boolean {
  const [matches, set] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const media = matchMedia(query);
    const change = (): void => set(media.matches);
    // Safari 13 has only the old name.
    if (media.addEventListener) media.addEventListener("change", change);
    else media.addListener(change);
    return () =>
      media.removeEventListener ? media.removeEventListener("change", change) : media.removeListener(change);
  }, [query]);
  return matches;
}
