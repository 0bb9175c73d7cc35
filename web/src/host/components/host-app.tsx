import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Fizz } from "../../components/icons";
import { follow, path, sheet } from "../../route";
import { switchLanguage } from "../../words";
import { isHost, key, lookOn, placeOf, state, TABS, view, way } from "../app";
import { fetchAhead } from "../parts";
import type { View } from "../watch";
import { hostWords } from "../words";
import { ActBar } from "./act-bar";
import { HostIcon } from "./icons";
import { LaterAbout } from "./later-about";
import { LogView } from "./log-view";
import { NoKey, RefusedKey } from "./no-key";
import { NowView } from "./now-view";
import { PeopleView } from "./people-view";
import { ReportsView } from "./reports-view";
import { RoomView } from "./room-view";
import { RoomsView } from "./rooms-view";
import { SayLine } from "./say-line";

export function HostApp(): JSX.Element {
  const say = hostWords();
  const here = view.value;
  const title = state.value.overview?.title;
  useEffect(lookOn, [path.value]);
  useEffect(() => void (document.title = title ? `${say.title} · ${title}` : say.title), [title, say.title]);

  const isOut = way.value.name === "refused";
  const isIn = key.value !== null && !isOut;
  useEffect(() => void (isIn && fetchAhead()), [isIn]);
  return (
    <div class="host">
      <HostBar />
      <p class={`banner ${way.value.name === "away" ? "" : "banner-none"}`} role="status">
        {way.value.name === "away" ? say.away : ""}
      </p>
      <main class="host-main" key={path.value} tabIndex={0}>
        {key.value === null && <NoKey />}
        {way.value.name === "refused" && <RefusedKey denial={way.value.denial} />}
        {isIn && <Open view={here} />}
      </main>
      {isIn && isHost() && here.name === "room" && <SayLine code={here.code} />}
      {isIn && <ActBar />}
      {isIn && <Tabs />}
      {isIn && sheet.value === "host" && <LaterAbout />}
    </div>
  );
}

function Open({ view: here }: { view: View }): JSX.Element {
  switch (here.name) {
    case "now":
      return <NowView />;
    case "rooms":
      return <RoomsView />;
    case "room":
      return <RoomView code={here.code} />;
    case "people":
      return <PeopleView />;
    case "reports":
      return <ReportsView />;
    case "log":
      return <LogView />;
  }
}

function HostBar(): JSX.Element {
  const say = hostWords();
  const { overview, role } = state.value;
  return (
    <header class="bar">
      <h1 class="brand">
        <Fizz />
        <bdi>{overview?.title ?? say.title}</bdi>
      </h1>
      {role && (
        <span class="pill">
          <i class={`dot ${way.value.name === "open" ? "" : "dot-off"}`} />
          <span>{role === "host" ? say.title : say.helper}</span>
        </span>
      )}
      <button type="button" class="host-language" onClick={switchLanguage} lang={say.locale === "ko" ? "en" : "ko"}>
        {say.otherLanguage}
      </button>
    </header>
  );
}

/** Where the thumb is. */
function Tabs(): JSX.Element {
  const say = hostWords();
  const here = view.value.name === "room" ? "rooms" : view.value.name;
  const waiting = state.value.overview?.reports ?? 0;
  const shown = TABS.filter((tab) => tab !== "log" || isHost());
  return (
    <nav class="tabs" aria-label={say.views}>
      {shown.map((tab) => (
        <a
          key={tab}
          href={placeOf(tab)}
          class={tab === here ? "tab tab-here" : "tab"}
          aria-current={tab === here ? "page" : undefined}
          onClick={follow}
        >
          <HostIcon name={tab} />
          <span>{say.tabs[tab]}</span>
          {tab === "reports" && waiting > 0 && <b class="tab-count"> {waiting}</b>}
        </a>
      ))}
    </nav>
  );
}
