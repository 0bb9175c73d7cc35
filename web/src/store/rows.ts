// From messages to what stands on the screen: days, groups, quiet notices, the line where new begins.

import type { Id, Message } from "../wire";
import { day, local } from "./clock";
import type { Outbox, Outgoing } from "./outbox";

export type Row =
  | { kind: "day"; key: string; time: number }
  | { kind: "new"; key: string }
  | { kind: "notice"; key: string; seq: number; alerts: readonly Message[] }
  | { kind: "said"; key: string; seq: number; message: Message; mine: boolean; first: boolean; time: number | null }
  | { kind: "outgoing"; key: string; outgoing: Outgoing; first: boolean };

export interface View {
  messages: readonly Message[];
  /** The window: rows are made for messages[start..end) only. */
  start: number;
  end: number;
  me: Id | null;
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
  let before = view.messages[view.start - 1];
  let lineDrawn =
    view.unreadFrom === null || countNew(view.messages.slice(0, view.start), view.unreadFrom - 1, view.me) > 0;

  for (let at = view.start; at < view.end; at += 1) {
    const message = view.messages[at]!;
    const time = local(message.sentAt, view.clockOffset);
    const newDay = !before || day(local(before.sentAt, view.clockOffset)) !== day(time);
    if (newDay) made.push({ kind: "day", key: `d${message.seq}`, time });
    const newLine = !lineDrawn && isNews(message, view.me) && message.seq >= view.unreadFrom!;
    if (newLine) {
      made.push({ kind: "new", key: "new" });
      lineDrawn = true;
    }
    if (message.type === "ALERT") {
      notice(made, message, view.me);
    } else {
      const last = made[made.length - 1];
      const joins = !newDay && !newLine && before !== undefined && follows(before, message, view.clockOffset);
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

  if (view.end === view.messages.length) outgoing(made, view);
  return made;
}

export const rowKey = (message: Message, settled: ReadonlyMap<number, string>): string =>
  settled.get(message.id) ?? `m${message.id}`;

function follows(before: Message, message: Message, clockOffset: number): boolean {
  if (before.type !== "MESSAGE" || before.chatterId !== message.chatterId) return false;
  return local(message.sentAt, clockOffset) - local(before.sentAt, clockOffset) < TOGETHER;
}

/** People who come (or go) one after another make one quiet line, not twenty. One's own coming stays apart. */
function notice(made: Row[], alert: Message, me: Id | null): void {
  const last = made[made.length - 1];
  const kind = alert.alert?.kind;
  const alike =
    (kind === "joined" || kind === "left") && last?.kind === "notice" && last.alerts[0]!.alert?.kind === kind;
  if (alike && alert.chatterId !== me && last.alerts[0]!.chatterId !== me) {
    made[made.length - 1] = { ...last, alerts: [...last.alerts, alert] };
    return;
  }
  made.push({ kind: "notice", key: `n${alert.id}`, seq: alert.seq, alerts: [alert] });
}

function outgoing(made: Row[], view: View): void {
  for (const one of view.outbox) {
    if (one.key === view.echoed) continue;
    const last = made[made.length - 1];
    const mine = last?.kind === "outgoing" || (last?.kind === "said" && last.mine);
    made.push({ kind: "outgoing", key: one.key, outgoing: one, first: !mine });
  }
}

/** How many people's own words are in messages after `seq`, without this person's. */
export function countNew(messages: readonly Message[], seq: number, me: Id | null): number {
  let count = 0;
  for (let at = messages.length - 1; at >= 0 && messages[at]!.seq > seq; at -= 1) {
    if (isNews(messages[at]!, me)) count += 1;
  }
  return count;
}

const isNews = (message: Message, me: Id | null): boolean =>
  message.type === "MESSAGE" && message.chatterId !== me && !message.takenBack;
