// The quiet lines between messages: people coming, going and changing names; days.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { openSheet } from "../route";
import { daysBetween } from "../store/clock";
import type { Row } from "../store/rows";
import { isolate } from "../store/text";
import type { Message } from "../wire";
import type { Words } from "../words";

/** How often a day line looks at the clock. */
const LOOK_EVERY = 20_000;

type Names = (message: Message) => string;

export function Notice(props: {
  row: Extract<Row, { kind: "notice" }>;
  me: string | null;
  name: Names;
  say: Words;
}): JSX.Element {
  const { row, me, say } = props;
  const first = row.alerts[0]!;
  const own = first.alert?.kind === "joined" && first.chatterId === me && row.alerts.length === 1;
  return (
    <p class="notice" data-key={row.key} data-seq={row.alerts[row.alerts.length - 1]!.seq}>
      {sentence(row.alerts, me, props.name, say)}
      {own && (
        <button type="button" onClick={() => openSheet("details")}>
          {say.changeName}
        </button>
      )}
    </p>
  );
}

function sentence(alerts: readonly Message[], me: string | null, nameOf: Names, say: Words): string {
  const first = alerts[0]!;
  const name = isolate(nameOf(first));
  const others = alerts.reduce((sum, one) => sum + (one.alert?.count ?? 1), 0) - 1;
  switch (first.alert?.kind) {
    case "joined":
      return others === 0 && first.chatterId === me ? say.joinedYou(name) : say.joined(name, others);
    case "left":
      return say.wentAway(name, others);
    case "renamed":
      return say.renamed(isolate(first.alert.was ?? ""), isolate(first.alert.now ?? ""));
    case "note":
      if (first.takenBack) return say.takenBack;
      return say.note(name, isolate(first.content));
    default:
      // An alert of a newer hub: its own sentence is better than none.
      return first.content;
  }
}

export function DayLine({ time, say }: { time: number; say: Words }): JSX.Element {
  const days = useDaysSince(time);
  const long = { month: "long", day: "numeric", weekday: "long" } as const;
  let text = days === 0 ? say.today : days === 1 ? say.yesterday : "";
  if (!text && !Number.isNaN(time)) text = new Intl.DateTimeFormat(say.locale, long).format(time);
  return <p class="notice day">{text}</p>;
}

/** Stays true past midnight, and on a phone that slept or whose clock was set. */
function useDaysSince(time: number): number {
  const [, redraw] = useState(daysBetween(time, Date.now()));
  const days = daysBetween(time, Date.now());
  useEffect(() => {
    const look = (): void => redraw(daysBetween(time, Date.now()));
    const timer = setInterval(look, LOOK_EVERY);
    document.addEventListener("visibilitychange", look);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
    };
  }, [time]);
  return days;
}
