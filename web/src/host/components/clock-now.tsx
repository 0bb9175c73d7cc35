// The hub's clock, where the machine's cannot be relied on: how far it is from this phone's, and the phone's instead.

import type { JSX } from "preact";
import { acts, isHost, state, way } from "../app";
import { CLOCK, forgetClock, setClock } from "../deeds";
import { spanOf } from "../figures";
import { clockNews } from "../state";
import { hostWords } from "../words";
import { HostIcon } from "./icons";

export function ClockNow(): JSX.Element | null {
  const say = hostWords();
  const news = clockNews(state.value);
  // Helpers can do nothing about it; and what was heard a while ago says nothing of now.
  if (!news || !isHost() || way.value.name !== "open") return null;
  const { ahead, canSet, isHosts } = news;
  const span = spanOf(Math.abs(ahead ?? 0) / 1_000);
  const by = say.duration[span.unit](span.count);
  const why = ahead === null ? say.clockUntil : ahead > 0 ? say.clockHint : canSet ? say.clockWaits : say.clockNeverBack;
  const isUnderWay = acts.concerns(CLOCK);
  return (
    <section class="clock-now" aria-labelledby="clock">
      <p id="clock">
        <HostIcon name="clock" />
        <span>{ahead === null ? say.clockIsHosts : ahead > 0 ? say.clockBehind(by) : say.clockAhead(by)}</span>
      </p>
      <p class="soft">{isHosts && ahead !== null ? `${say.clockIsHosts}. ${why}` : why}</p>
      {canSet && (
        <button type="button" class="button primary wide" disabled={isUnderWay} onClick={setClock}>
          {say.clockSet}
        </button>
      )}
      {isHosts && (
        <button type="button" class="button wide" disabled={isUnderWay} onClick={forgetClock}>
          {say.clockForget}
        </button>
      )}
    </section>
  );
}
