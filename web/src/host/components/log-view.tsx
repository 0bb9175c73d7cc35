import type { JSX } from "preact";
import { state } from "../app";
import { doOpposite } from "../deeds";
import { aboutWhat } from "../log-words";
import { opposites, type Opposite } from "../opposites";
import { hubNow } from "../state";
import { hostWords } from "../words";
import { Closing } from "./closing";
import { clock } from "./said-list";

export function LogView(): JSX.Element {
  const say = hostWords();
  const { log } = state.value;
  if (!log) return <p class="soft centre">{say.looking}</p>;
  const backs = opposites(log, state.value, hubNow(state.value));
  return (
    <>
      <h2 class="view-title">{say.log}</h2>
      {log.length === 0 && <p class="soft">{say.noLog}</p>}
      <ol class="deeds">
        {log.map((line, place) => {
          const { at, deed, by } = line;
          return (
            <li key={`${at} ${log.length - place}`}>
              <span class="line-head">
                <b>{say.deeds[deed] ?? deed}</b>
                <bdi class="line-room">{by === null ? say.byMachine : by}</bdi>
                <time>{clock(at, say.locale)}</time>
              </span>
              <bdi class="soft">{aboutWhat(say, line)}</bdi>
              {backs[place] && <Back opposite={backs[place]} label={say.deeds[deed] ?? deed} />}
            </li>
          );
        })}
      </ol>
      <Closing />
    </>
  );
}

/** Does the opposite of a line. */
function Back({ opposite, label }: { opposite: Opposite; label: string }): JSX.Element {
  const say = hostWords();
  return (
    <button type="button" class="button" onClick={() => doOpposite(opposite)}>
      {say.undo}
      <span class="unseen">: {label}</span>
    </button>
  );
}
