// All that is known of one room, as one value that changes in one place (`client/session.ts`).

import type { Announcement, Chatter, Closed, ErrorCode, Id, Message, Muted, Room } from "../wire";
import type { Poll } from "../wire.polls";
import { emptyLog, type Log } from "./log";
import { mark, marks, type Mark } from "./marks";
import { drop, inFlight, letThrough, unheld, type Outbox } from "./outbox";
import type { Goal } from "./past";
import type { Asked } from "./questions";

export type Phase =
  /** Asking the hub which room this is, and getting in for the first time. */
  | { name: "entering" }
  | { name: "live" }
  /** The hub cannot be reached just now, or has refused; everything is kept and it is tried again. */
  | { name: "retrying"; refused?: ErrorCode }
  /** A password is wanted. `problem` says what was wrong with the last one. */
  | { name: "locked"; problem: ErrorCode | null; retryAfter: number | null }
  /** The room is full; one gets in by oneself once there is a place. */
  | { name: "waiting" }
  /** The hub said no. */
  | { name: "refused"; code: ErrorCode; retryAfter: number | null };

export type Fetching = "idle" | "loading" | "failed";

/** Why something could not be fetched: a refusal, or the hub was out of reach. */
export type Problem = ErrorCode | "lost";

export type Hidden = ReadonlyMap<Id, string>;

export interface RoomState {
  readonly code: string;
  readonly room: Room | null;
  readonly phase: Phase;
  readonly me: Chatter | null;
  readonly log: Log;
  /** What is shown instead of the log: a stretch of it far back. */
  readonly past: Log | null;
  /** The place that the reader jumped to last; each time another value. */
  readonly goal: Goal | null;
  /** The place that they want to jump to and that is not here yet; `problem` says why not. */
  readonly going: (Goal & { readonly problem: Problem | null }) | null;
  /** Whether older messages are being fetched, and whether that failed; and those that follow a stretch far back. */
  readonly older: Fetching;
  readonly newer: Fetching;
  readonly outbox: Outbox;
  /** The message that the next one answers. */
  readonly answering: Message | null;
  /** Whether the hub wants what is in the outbox so much later that one has to be told. */
  readonly paced: boolean;
  /** In a slow room, when the next message may be sent, in this phone's time. */
  readonly nextAt: number;
  readonly settled: ReadonlyMap<number, string>;
  readonly echoed: string | null;
  /** Those present, as far as the hub lists them; `present` is the true number. */
  readonly roster: readonly Chatter[];
  readonly present: number;
  /** The newest nickname of everybody met here. */
  readonly names: ReadonlyMap<Id, string>;
  /** The marks of those who are or were here with one. */
  readonly marks: ReadonlyMap<Id, Mark>;
  /** Those whom this reader hid on this phone, by the names that they had. */
  readonly hidden: Hidden;
  /** The chatters who are typing, and until when to believe it. */
  readonly typing: ReadonlyMap<Id, number>;
  readonly unreadFrom: number | null;
  readonly clockOffset: number;
  /** Why the room is over for this person, if it is: reading goes on, writing does not. */
  readonly closed: Closed | null;
  /** Whether the host lets this person read and not speak. */
  readonly muted: Muted | null;
  /** What the host announces here, the oldest first. */
  readonly announcements: readonly Announcement[];
  /** The polls that run here, and those that were closed while one looked, the oldest first. */
  readonly polls: readonly Poll[];
  /** Whether the hub no longer keeps the beginning. */
  readonly pruned: boolean;
  /** The votes of questions that were told since one came. */
  readonly asked: Asked;
  /** How many messages the host took back while one was here, to say so to who listens. */
  readonly takenBack: number;
}

/** Somebody who stops typing in mid-word never says so; after this it is no longer believed. */
export const TYPING_LASTS = 6_000;

export const newRoom = (code: string): RoomState => ({
  code,
  room: null,
  phase: { name: "entering" },
  me: null,
  log: emptyLog,
  past: null,
  goal: null,
  going: null,
  older: "idle",
  newer: "idle",
  outbox: [],
  answering: null,
  paced: false,
  nextAt: 0,
  settled: new Map(),
  echoed: null,
  roster: [],
  present: 0,
  names: new Map(),
  marks: new Map(),
  hidden: new Map(),
  typing: new Map(),
  unreadFrom: null,
  clockOffset: 0,
  closed: null,
  muted: null,
  announcements: [],
  polls: [],
  pruned: false,
  asked: new Map(),
  takenBack: 0,
});

/** Whether something can be said here, now or once the hub is reached again. */
export const mayTalk = ({ log, closed, phase }: RoomState): boolean =>
  log.upTo !== null && closed === null && phase.name !== "refused" && phase.name !== "locked";

/** Whether people write in it: in a room for reading they do not. */
export const isWritten = ({ room }: RoomState): boolean => room?.mode !== "read_only";

/** How long one's next message waits in a slow room, in ms. */
export const slowedFor = ({ room, closed, nextAt }: RoomState, now: number): number =>
  room?.mode === "slow" && closed === null ? Math.max(0, nextAt - now) : 0;

/** The room as the hub has it now. Nobody waits longer than it says now. */
export const inMode = (state: RoomState, room: Room, now: number): RoomState => ({
  ...state,
  room,
  nextAt: Math.min(state.nextAt, now + (room.every ?? 0) * 1000),
});

/** The room is over for this person. Of a deleted one nothing stays to be read. */
export const withClosed = (state: RoomState, closed: Closed): RoomState => ({
  ...state,
  closed,
  outbox: unheld(state.outbox),
  typing: new Map(),
  ...(closed === "deleted" && { log: { ...emptyLog, upTo: state.log.upTo }, past: null, goal: null, going: null }),
});

type Named = Pick<Chatter, "id" | "nickname">;

export const nicknameOf = (state: RoomState, chatter: Named): string =>
  state.names.get(chatter.id) ?? chatter.nickname;

export const markOf = (state: RoomState, chatter: Named): Mark =>
  state.marks.get(chatter.id) ?? mark({ id: chatter.id, nickname: nicknameOf(state, chatter) });

/** After a change of who is here, or of a name. */
function marked(state: RoomState): RoomState {
  const present = new Map([...(state.me ? [state.me] : []), ...state.roster].map((one) => [one.id, one]));
  const named = [...present.values()].map((one) => ({ ...one, nickname: nicknameOf(state, one) }));
  return { ...state, marks: marks(named, state.marks) };
}

/** Those of the people here whose name stands in a text behind an `@`, as many as the hub takes. */
export const named = (state: RoomState, content: string): Id[] =>
  state.roster
    .filter((one) => content.includes(`@${nicknameOf(state, one)}`))
    .map(({ id }) => id)
    .slice(0, 10);

/** A new list of who is present. The same person twice (two tabs) is one person. */
export function withRoster(state: RoomState, chatters: Chatter[]): RoomState {
  const roster = [...new Map(chatters.map((chatter) => [chatter.id, chatter])).values()];
  const names = new Map(state.names);
  for (const chatter of roster) names.set(chatter.id, chatter.nickname);
  const me = roster.find((chatter) => chatter.id === state.me?.id) ?? state.me;
  // Not the number present: a big room's list is cut, and `presence` says the number.
  return marked({ ...state, roster, names, me });
}

/** The news about people in a message that came by itself. */
export function withNews(state: RoomState, message: Message): RoomState {
  let next = state;
  if (message.alert?.kind === "renamed" && message.alert.now) {
    next = { ...next, names: new Map(next.names).set(message.chatterId, message.alert.now) };
    if (next.me?.id === message.chatterId) next = { ...next, me: { ...next.me, nickname: message.alert.now } };
    next = marked(next);
  }
  if (!next.names.has(message.chatterId)) {
    next = { ...next, names: new Map(next.names).set(message.chatterId, message.chatter.nickname) };
  }
  // A chatter who has just said something is no longer typing it.
  return message.type === "MESSAGE" ? withTyping(next, message.chatterId, 0) : next;
}

export function withTyping(state: RoomState, chatterId: Id, until: number): RoomState {
  if (until === 0 && !state.typing.has(chatterId)) return state;
  const typing = new Map(state.typing);
  if (until === 0) typing.delete(chatterId);
  else typing.set(chatterId, until);
  return { ...state, typing };
}

/** Names of those typing now, without oneself. */
export function typists(state: RoomState, now: number): string[] {
  const names: string[] = [];
  for (const [id, until] of state.typing) {
    const name = state.names.get(id);
    // Further ahead than it can be is after the clock was set back.
    if (until <= now || until - now > TYPING_LASTS || id === state.me?.id || state.hidden.has(id)) continue;
    if (name) names.push(name);
  }
  return names;
}

/** The same with somebody hidden, or shown again. */
export function withHidden(state: RoomState, { id, nickname }: Named, hide: boolean): RoomState {
  const hidden = new Map(state.hidden);
  if (hide) hidden.set(id, nickname);
  else hidden.delete(id);
  return { ...state, hidden };
}

/** The broadcast of one's own message came before its acknowledgement: show it once. */
export function withEcho(state: RoomState, message: Message): RoomState {
  if (message.chatterId !== state.me?.id) return state;
  const held = letThrough(state.outbox, message);
  if (held) return withSettled(state, held.key, message);
  if (state.echoed !== null) return state;
  const one = inFlight(state.outbox, message);
  if (!one) return state;
  return { ...state, echoed: one.key, settled: new Map(state.settled).set(message.id, one.key) };
}

/** The hub has it: acknowledged means committed. */
export const withSettled = (state: RoomState, key: string, message: Message): RoomState => ({
  ...state,
  outbox: drop(state.outbox, key),
  echoed: state.echoed === key ? null : state.echoed,
  settled: new Map(state.settled).set(message.id, key),
});
