// From messages to what stands on the screen: days, groups, quiet notices, the line where new begins.

import type { Id, Message } from "../wire";
import { day, local } from "./clock";
import { blinks, isComing, isFirstComing } from "./comings";
import type { Outbox, Outgoing } from "./outbox";
import type { Hidden } from "./room";

export type Row =
  | { kind: "day"; key: string; time: number }
  | { kind: "new"; key: string }
  /** Where one came in, with one's own name; `seq` is the notice that told the others. */
  | { kind: "me"; key: string; seq: number | null }
  | { kind: "notice"; key: string; seq: number; alert: Message }
  /** People who came and left one after another. */
  | { kind: "comings"; key: string; seq: number; alerts: readonly Message[] }
  | { kind: "said"; key: string; seq: number; message: Message; mine: boolean; first: boolean; time: number | null }
  | { kind: "outgoing"; key: string; outgoing: Outgoing; first: boolean };

export interface View {
  messages: readonly Message[];
  /** The window: rows are made for messages[start..end) only. */
  start: number;
  end: number;
  me: Id | null;
  /** Those of whom nothing is shown. */
  hidden: Hidden;
  /** When one came here first, in the hub's time; `null` while one is not in the room. */
  cameAt: string | null;
  /** Whether nothing older is left to fetch. */
  whole: boolean;
  /** Whether they go up to the newest. */
  toNewest: boolean;
  outbox: Outbox;
  /** Message id -> the outbox key it had, so that its row stays the same row once it is sent. */
  settled: ReadonlyMap<number, string>;
  /** The outgoing one whose broadcast is here already. */
  echoed: string | null;
  unreadFrom: number | null;
  clockOffset: number;
}

/** Messages of one person no further apart than this stand together. */
const TOGETHER = 3 * 60_000;

export function rows(view: View): Row[] {
  const made: Row[] = [];
  const folded = blinks(view.messages);
  let own = ownPlace(view);
  let start = view.start;
  const isLeftOut = (message: Message): boolean => folded.has(message.seq) || view.hidden.has(message.chatterId);
  while (start > 0 && isLeftOut(view.messages[start - 1]!)) start -= 1;
  let before = view.messages[start - 1];
  let lineDrawn =
    view.unreadFrom === null || countNew(view.messages.slice(0, view.start), view.unreadFrom - 1, view.me, view.hidden) > 0;

  for (let at = view.start; at < view.end; at += 1) {
    const message = view.messages[at]!;
    if (isLeftOut(message)) continue;
    const isOwnComing = isOwn(view, message);
    const isHere = own !== null && at >= own;
    const time = local(message.sentAt, view.clockOffset);
    const newDay = !before || day(local(before.sentAt, view.clockOffset)) !== day(time);
    if (newDay) made.push({ kind: "day", key: `d${message.seq}`, time });
    const newLine = !lineDrawn && isNews(message, view.me, view.hidden) && message.seq >= view.unreadFrom!;
    if (newLine) {
      made.push({ kind: "new", key: "new" });
      lineDrawn = true;
    }
    if (isHere) {
      made.push({ kind: "me", key: "me", seq: isOwnComing ? message.seq : null });
      own = null;
    }
    if (message.type === "ALERT") {
      if (!isOwnComing) notice(made, message);
    } else {
      const last = made[made.length - 1];
      const joins = !newDay && !newLine && !isHere && before !== undefined && follows(before, message, view.clockOffset);
      if (joins && last?.kind === "said") last.time = null;
      made.push({
        kind: "said",
        key: rowKey(message, view.settled),
        seq: message.seq,
        message,
        mine: message.chatterId === view.me,
        first: !joins,
        time,
      });
    }
    before = message;
  }

  if (view.toNewest && view.end === view.messages.length) {
    if (own !== null) made.push({ kind: "me", key: "me", seq: null });
    outgoing(made, view);
  }
  return made;
}

export const rowKey = (message: Message, settled: ReadonlyMap<number, string>): string =>
  settled.get(message.id) ?? `m${message.id}`;

function follows(before: Message, message: Message, clockOffset: number): boolean {
  if (before.type !== "MESSAGE" || before.chatterId !== message.chatterId) return false;
  return local(message.sentAt, clockOffset) - local(before.sentAt, clockOffset) < TOGETHER;
}

/** People who come and go one after another make one quiet line, not twenty. */
function notice(made: Row[], alert: Message): void {
  const { id, seq } = alert;
  const last = made[made.length - 1];
  if (!isComing(alert)) made.push({ kind: "notice", key: `n${id}`, seq, alert });
  else if (last?.kind !== "comings") made.push({ kind: "comings", key: `n${id}`, seq, alerts: [alert] });
  else made[made.length - 1] = { ...last, seq, alerts: [...last.alerts, alert] };
}

/** The index of the first message since one came; `null` where that is not in the window. */
function ownPlace(view: View): number | null {
  const { messages, start, cameAt, whole } = view;
  if (cameAt === null) return null;
  const found = messages.findIndex(({ sentAt }) => sentAt >= cameAt);
  if (found < 0 && !view.toNewest) return null;
  const place = found < 0 ? messages.length : found;
  // Above the oldest message it is only if that is the oldest there is, or one's own coming.
  const isKnown = place > 0 || whole || (messages[0] !== undefined && isOwn(view, messages[0]));
  return place >= start && isKnown ? place : null;
}

const isOwn = ({ me, cameAt }: View, message: Message): boolean =>
  cameAt !== null && message.chatterId === me && isFirstComing(message, Date.parse(cameAt));

function outgoing(made: Row[], view: View): void {
  for (const one of view.outbox) {
    if (one.key === view.echoed) continue;
    const last = made[made.length - 1];
    const mine = last?.kind === "outgoing" || (last?.kind === "said" && last.mine);
    made.push({ kind: "outgoing", key: one.key, outgoing: one, first: !mine });
  }
}

/** How many people's own words are in messages after `seq`, without this person's and those of people they hid. */
export function countNew(messages: readonly Message[], seq: number, me: Id | null, hidden: Hidden): number {
  let count = 0;
  for (let at = messages.length - 1; at >= 0 && messages[at]!.seq > seq; at -= 1) {
    if (isNews(messages[at]!, me, hidden)) count += 1;
  }
  return count;
}

export const isNews = (message: Message, me: Id | null, hidden: Hidden): boolean =>
  (message.type === "MESSAGE" || message.alert?.kind === "announcement") &&
  message.chatterId !== me && !message.takenBack && !hidden.has(message.chatterId);
