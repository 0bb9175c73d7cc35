// What is announced now.

import type { JSX } from "preact";
import { Icon } from "../../components/icons";
import { useStill } from "../../components/still";
import { acts, isHost, openAbout, state } from "../app";
import { announcedKey, takeDown } from "../deeds";
import type { Announced } from "../wire";
import { where } from "../where";
import { hostWords } from "../words";
import { clock } from "./said-list";

export function AnnouncedNow(): JSX.Element | null {
  const say = hostWords();
  const { announced } = useStill(state.value);
  if (!announced || (announced.length === 0 && !isHost())) return null;
  return (
    <section class="standing announced-now" aria-label={say.announcedNow}>
      {announced.length > 0 && (
        <ul>
          {announced.map((one) => (
            <li key={one.id} class={acts.concerns(announcedKey(one.id)) ? "going" : undefined}>
              <One one={one} />
            </li>
          ))}
        </ul>
      )}
      {isHost() && (
        <button type="button" class="button wide" aria-haspopup="dialog" onClick={() => openAbout({ kind: "announce" })}>
          <Icon name="horn" />
          {say.announce}
        </button>
      )}
    </section>
  );
}

function One({ one }: { one: Announced }): JSX.Element {
  const say = hostWords();
  const { room, text, until } = one;
  return (
    <>
      <Icon name="horn" />
      <div class="line-body">
        <p dir="auto">{text}</p>
        <p class="soft">
          <bdi>{where(room)}</bdi> · {until ? say.mutedUntil(clock(until, say.locale)) : say.untilDown}
        </p>
      </div>
      {isHost() && (
        <button type="button" class="button" onClick={() => takeDown(one)}>
          {say.takeDown}
          <span class="unseen">: {text}</span>
        </button>
      )}
    </>
  );
}
