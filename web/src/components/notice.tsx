// The quiet lines between messages: people coming, going and changing names; days.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { openSheet } from "../route";
import { daysBetween } from "../store/clock";
import { group, type Group } from "../store/comings";
import type { Row } from "../store/rows";
import { isolate } from "../store/text";
import type { Message } from "../wire";
import type { Words } from "../words";

/** How often a day line looks at the clock. */
const LOOK_EVERY = 20_000;

type Names = (message: Message) => string;
type RowOf<K extends Row["kind"]> = Extract<Row, { kind: K }>;

/** Where one came in: one's own name, told once. */
export function OwnName({ row, nickname, say }: { row: RowOf<"me">; nickname: string; say: Words }): JSX.Element {
  return (
    <p class="notice own" data-key={row.key} data-seq={row.seq ?? undefined}>
      {say.joinedYou(isolate(nickname))}
      <button type="button" onClick={() => openSheet("details")}>
        {say.changeName}
      </button>
    </p>
  );
}

export function Notice({ row, name, say }: { row: RowOf<"notice">; name: Names; say: Words }): JSX.Element {
  return (
    <p class={`notice ${row.alert.alert?.kind ?? ""}`} data-key={row.key} data-seq={row.seq}>
      {sentence(row.alert, name, say)}
    </p>
  );
}

function sentence(message: Message, nameOf: Names, say: Words): string {
  const { alert, content, takenBack } = message;
  if (alert?.kind === "renamed") return say.renamed(isolate(alert.was ?? ""), isolate(alert.now ?? ""));
  if (alert?.kind === "announcement") return takenBack ? say.takenBack : say.announced(isolate(content));
  // An alert of a newer hub: its own sentence is better than none.
  if (alert?.kind !== "note") return content;
  return takenBack ? say.takenBack : say.note(isolate(nameOf(message)), isolate(content));
}

/** People who came and left one after another: one line, and their names behind it. */
export function Comings(props: {
  row: RowOf<"comings">;
  me: string | null;
  name: Names;
  open: boolean;
  onFold(key: string): void;
  say: Words;
}): JSX.Element | null {
  const { row, me, name, open, say } = props;
  const came = group(row.alerts, "joined", me);
  const left = group(row.alerts, "left", me);
  if (came.count + left.count === 0) return null;
  const [summary, ...rest] = lines(came, left, name, say);
  return (
    <div class="notice" data-key={row.key} data-seq={row.seq} data-open={open ? "" : undefined}>
      {rest.length === 0 ? (
        summary
      ) : (
        <button type="button" class="comings" aria-expanded={open} onClick={() => props.onFold(row.key)}>
          {summary}
        </button>
      )}
      {open && rest.map((line) => <p key={line}>{line}</p>)}
    </div>
  );
}

/** The line that is always there, then those that say who they were, if they say more. */
function lines(came: Group, left: Group, nameOf: Names, say: Words): string[] {
  const told = ({ named, count }: Group, tell: Words["joined"], most = named.length): string[] => {
    const names = named.slice(0, most).map((one) => isolate(nameOf(one)));
    return names.length > 0 ? [tell(names.join(", "), count - names.length)] : [];
  };
  const both = came.count > 0 && left.count > 0;
  const [one, tell] = came.count > 0 ? [came, say.joined] as const : [left, say.wentAway] as const;
  const summary = both || one.named.length === 0 ? say.comings(came.count, left.count) : told(one, tell, 1)[0]!;
  if (!both && one.named.length <= 1) return [summary];
  return [summary, ...told(came, say.joined), ...told(left, say.wentAway)];
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
