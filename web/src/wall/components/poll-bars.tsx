// A poll with its answers as bars.

import type { JSX } from "preact";
import type { Poll } from "../wire";
import type { WallWords } from "../words";

/** How long the bar of the most chosen answer is, in units of the bars' drawing. */
const WHOLE = 1000;

export function PollBars({ poll, say }: { poll: Poll; say: WallWords }): JSX.Element {
  const most = Math.max(1, ...poll.options.map(({ votes }) => votes ?? 0));
  return (
    <section class={`poll ${poll.options.length > 5 ? "many" : ""}`}>
      <h2 dir="auto">{poll.question}</h2>
      <p class="over">
        {poll.isClosed && <b>{say.closed}</b>}
        {say.voters(poll.voters)}
      </p>
      <ul>
        {poll.options.map(({ text, votes }, at) => (
          <li key={at}>
            <p>
              <bdi class="text">{text}</bdi>
              {votes !== null && <b>{say.votes(votes)}</b>}
            </p>
            {/* A drawing, since the hub's policy allows no style in an element. */}
            <svg class="bar" viewBox={`0 0 ${WHOLE} 10`} preserveAspectRatio="none" aria-hidden="true">
              <rect class="bar-ground" width={WHOLE} height="10" />
              <rect class="bar-votes" width={Math.round(((votes ?? 0) / most) * WHOLE)} height="10" />
            </svg>
          </li>
        ))}
      </ul>
    </section>
  );
}
