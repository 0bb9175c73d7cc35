// The polls of a room that are closed, in its details.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../client/session";
import type { Poll } from "../wire.polls";
import { sheetWords } from "../words.sheets";
import { Bars } from "./polls";

export function PollHistory({ session }: { session: Session }): JSX.Element | null {
  const say = sheetWords();
  const [polls, set] = useState<readonly Poll[]>([]);
  useEffect(() => {
    let isHere = true;
    void session.acts.closedPolls().then((all) => isHere && set(all));
    return () => void (isHere = false);
  }, [session]);
  if (polls.length === 0) return null;
  return (
    <section class="poll-history" aria-labelledby="poll-history">
      <h3 id="poll-history">{say.pollsBefore}</h3>
      {[...polls].reverse().map((poll) => (
        <details key={poll.id}>
          <summary>
            <bdi>{poll.question}</bdi>
          </summary>
          <Bars poll={poll} say={say} />
          <p class="soft">{say.pollVoters(poll.voters)}</p>
        </details>
      ))}
    </section>
  );
}
