// The wall of a room: what a projector or a television shows of it, and the address to open there.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Copy } from "../../components/copy";
import { Sheet } from "../../components/sheet";
import { closeSheet } from "../../route";
import { isolate } from "../../store/text";
import { state } from "../app";
import { setWall, wallOf, type WallChange } from "../deeds.sheets";
import { WALL_VIEWS, type RoomLine, type Told, type WallState } from "../wire";
import { sheetWords } from "../words.sheets";
import { why } from "./act-bar";
import { Chip } from "./chip";
import { LaterQr } from "./later-qr";

/** In seconds. */
const DELAYS = [0, 5, 10, 30, 60];

export function WallSheet({ room: id }: { room: string }): JSX.Element | null {
  const room = state.value.rooms?.find((one) => one.id === id);
  // It has ended meanwhile.
  useEffect(() => void (room || closeSheet()), [room]);
  return room ? <WallForm room={room} /> : null;
}

function WallForm({ room }: { room: RoomLine }): JSX.Element {
  const say = sheetWords();
  const [wall, show] = useState<WallState | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async (asked: Promise<Told<WallState>>): Promise<void> => {
    try {
      const told = await asked;
      if (told.ok) show(told.data);
      setProblem(told.ok ? null : why(told, say));
    } catch {
      setProblem(say.unanswered);
    }
  };
  // Whether it can be opened without a link depends on the room.
  useEffect(() => void ask(wallOf(room)), [room.id, room.isPassword, room.isShut, room.history]);
  const change = (to: WallChange): void => void ask(setWall(room, to));
  return (
    <Sheet title={say.wallOf(isolate(room.title))}>
      <p class="soft ban-hint">{say.wallHint}</p>
      {wall ? <Settings wall={wall} change={change} /> : !problem && <p class="soft centre">{say.looking}</p>}
      <p class="problem" role="alert">
        {problem}
      </p>
      {wall && <Address wall={wall} change={change} />}
    </Sheet>
  );
}

interface Part {
  wall: WallState;
  change(to: WallChange): void;
}

function Settings({ wall, change }: Part): JSX.Element {
  const say = sheetWords();
  const delays = [...new Set([...DELAYS, wall.delay])].sort((a, b) => a - b);
  return (
    <>
      <fieldset class="field">
        <legend>{say.wallShows}</legend>
        <div class="chips">
          {WALL_VIEWS.map((view) => (
            <Chip
              key={view}
              name="wall-view"
              label={say.wallViews[view]}
              isOn={wall.view === view}
              choose={() => change({ view })}
            />
          ))}
        </div>
      </fieldset>
      <fieldset class="field">
        <legend>{say.wallDelay}</legend>
        <div class="chips">
          {delays.map((delay) => (
            <Chip
              key={delay}
              name="wall-delay"
              label={delay === 0 ? say.wallAtOnce : say.seconds(delay)}
              isOn={wall.delay === delay}
              choose={() => change({ delay })}
            />
          ))}
        </div>
      </fieldset>
      <p class="soft ban-hint">{say.wallDelayHint}</p>
    </>
  );
}

function Address({ wall, change }: Part): JSX.Element {
  const say = sheetWords();
  const isLink = wall.link !== null;
  // The address that this page was opened with surely works from here.
  const link = wall.links.find((one) => one.startsWith(`${location.origin}/`)) ?? wall.links[0];
  const hint = isLink ? say.wallLinkHint : wall.isOpen ? say.wallOpenHint : say.wallClosedHint;
  return (
    <section class="wall-address">
      <p class="soft ban-hint">{hint}</p>
      {link && (isLink || wall.isOpen) && (
        <>
          <LaterQr text={link} label={say.wallQr} />
          <p class="wall-link" translate={false}>
            {link.split("#")[0]}
            {isLink && (
              <>
                <wbr />#{wall.link}
              </>
            )}
          </p>
          <div class="pair">
            <Copy text={link} label={say.wallCopy} />
            <a class="button" href={link} target="_blank" rel="noopener">
              {say.wallOpen}
            </a>
          </div>
        </>
      )}
      <button
        type="button"
        class={`button wide ${isLink ? "danger" : wall.isOpen ? "" : "primary"}`}
        onClick={() => change({ link: !isLink })}
      >
        {isLink ? say.wallRevoke : say.wallMake}
      </button>
    </section>
  );
}
