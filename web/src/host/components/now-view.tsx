// What to look at first: what waits, what is wrong, how much goes on; then everything that is said.

import type { JSX } from "preact";
import { follow } from "../../route";
import { openAbout, placeOf, state } from "../app";
import { isolate } from "../../store/text";
import { sizeText, spanOf } from "../figures";
import { curvePoints, flooding, troubles, type Flooder, type Trouble } from "../state";
import type { Overview } from "../wire";
import { hostWords, type All } from "../words";
import { AnnouncedNow } from "./announced";
import { ClockNow } from "./clock-now";
import { HostIcon } from "./icons";
import { PollsNow } from "./polls";
import { SaidList } from "./said-list";

const WIDTH = 240;
const HEIGHT = 40;

export function NowView(): JSX.Element {
  const say = hostWords();
  const { overview, stream, curve } = state.value;
  if (!overview) return <p class="soft centre">{say.looking}</p>;
  return (
    <>
      <Attention overview={overview} />
      <ClockNow />
      <AnnouncedNow />
      <PollsNow />
      <Figures overview={overview} curve={curve} />
      {stream && (
        <section aria-labelledby="everything">
          <h2 class="channel" id="everything">
            {say.everything}
          </h2>
          <SaidList messages={stream} withRoom />
        </section>
      )}
    </>
  );
}

function Attention({ overview }: { overview: Overview }): JSX.Element {
  const say = hostWords();
  const reports = overview.reports ?? 0;
  const all = sentences(overview, say);
  const floods = flooding(state.value, Date.now());
  if (reports === 0 && all.length === 0 && floods.length === 0) {
    return (
      <p class="calm">
        <HostIcon name="done" />
        {say.nothingToDo}
      </p>
    );
  }
  return (
    <section class="first-look" aria-label={say.attention}>
      {reports > 0 && (
        <a class="button primary wide" href={placeOf("reports")} onClick={follow}>
          <HostIcon name="reports" />
          {say.reportsWait(reports)}
        </a>
      )}
      {floods.map((one) => (
        <Flood key={one.id} of={one} />
      ))}
      {all.map((sentence) => (
        <p key={sentence} class="trouble">
          <HostIcon name="warn" />
          <span>{sentence}</span>
        </p>
      ))}
    </section>
  );
}

/** Somebody who floods; a tap opens what can be done about them. */
function Flood({ of: { id, nickname, room, said } }: { of: Flooder }): JSX.Element {
  const say = hostWords();
  return (
    <button
      type="button"
      class="button wide flood"
      aria-haspopup="dialog"
      onClick={() => openAbout({ kind: "person", person: { id, nickname, room } })}
    >
      <HostIcon name="warn" />
      <span>{say.floods(isolate(nickname), said)}</span>
    </button>
  );
}

/** The hub's warnings in the reader's language; as the hub says them where it has one that the page does not know. */
function sentences(overview: Overview, say: All): string[] {
  const known = troubles(overview);
  return known.length === overview.warnings.length ? known.map((one) => sentence(one, say)) : overview.warnings;
}

function sentence(one: Trouble, { trouble, locale }: All): string {
  switch (one.name) {
    case "little":
      return trouble.little(sizeText(one.free, locale));
    case "unannounced":
    case "noCopies":
      return trouble[one.name](one.reason);
    case "missing":
      return trouble.missing(one.address, one.reason);
    default:
      return trouble[one.name]();
  }
}

function Figures({ overview, curve }: { overview: Overview; curve: number[] }): JSX.Element {
  const say = hostWords();
  const { people, rooms, saidLastMinute, data, memory, announced, uptime } = overview;
  const count = (value: number): string => value.toLocaleString(say.locale);
  const size = (value: number): string => sizeText(value, say.locale);
  const span = spanOf(uptime);
  const facts = [
    [say.free, data.free === null ? say.unknown : size(data.free)],
    [say.memory, memory.most === null ? size(memory.taken) : say.ofMemory(size(memory.taken), size(memory.most))],
    [say.name, announced.name ?? say.nameState[announced.state] ?? announced.state],
    [say.uptime, say.duration[span.unit](span.count)],
  ] as const;
  return (
    <section class="figures" aria-label={say.tabs.now}>
      <dl class="big">
        <Big label={say.present} value={count(people)} />
        <Big label={say.openRooms} value={count(rooms)} />
        <Big label={say.aMinute} value={count(saidLastMinute)} />
      </dl>
      <svg
        class="curve"
        viewBox={`0 -2 ${WIDTH} ${HEIGHT + 4}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={say.curve(saidLastMinute, Math.max(0, ...curve))}
      >
        <polyline points={curvePoints(curve, WIDTH, HEIGHT)} vector-effect="non-scaling-stroke" />
      </svg>
      <dl class="facts">
        {facts.map(([label, value]) => (
          <div key={label}>
            <dt>{label}</dt>
            <dd>
              <bdi>{value}</bdi>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Big({ label, value }: { label: string; value: string }): JSX.Element {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
