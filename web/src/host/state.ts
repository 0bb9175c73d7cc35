// What the host's page knows of the hub: pure, and changed only by what the hub told.

import { offset } from "../store/clock";
import { HOST } from "../store/marks";
import type { Id } from "../wire";
import {
  MODES,
  type Announced,
  type Asked,
  type Waiting,
  type Banned,
  type Deed,
  type KeyLine,
  type Mode,
  type Muted,
  type Overview,
  type Person,
  type PollLine,
  type PreparedLine,
  type Reported,
  type Role,
  type RoomLine,
  type Said,
} from "./wire";

export interface HostState {
  /** `null` before the hub has said it. */
  role: Role | null;
  /** The name of the key's holder; only hosts are told. */
  name: string | null;
  keys: KeyLine[];
  overview: Overview | null;
  /** When the overview was told, by this phone. */
  heardAt: number;
  /** Messages a minute, at each look, the newest last. */
  curve: number[];
  /** The newest messages of all rooms, the newest first. */
  stream: Said[] | null;
  rooms: RoomLine[] | null;
  /** The room that is open: its messages, the newest first, its questions, those that wait, and who is in it. */
  open: { room: Id; messages: Said[]; people: Person[]; questions: Asked[]; waiting: Waiting[] } | null;
  people: Person[] | null;
  /** What is announced now, the oldest first; `null` where the hub announces nothing. */
  announced: Announced[] | null;
  /** The polls, the oldest first; `null` where the hub has none. */
  polls: PollLine[] | null;
  /** The polls that are prepared, in their order; for a host only. */
  prepared: PreparedLine[];
  bans: Banned[];
  /** `null` where the hub cannot mute. */
  mutes: Muted[] | null;
  reports: Reported[] | null;
  log: Deed[] | null;
}

export const NOTHING: HostState = {
  role: null,
  name: null,
  keys: [],
  overview: null,
  heardAt: 0,
  curve: [],
  stream: null,
  rooms: null,
  open: null,
  people: null,
  announced: null,
  polls: null,
  prepared: [],
  bans: [],
  mutes: null,
  reports: null,
  log: null,
};

/** Two minutes at the pace of `watch.ts`. */
const CURVE_MOST = 64;
const STREAM_MOST = 300;

export const withOverview = (state: HostState, overview: Overview, heardAt = Date.now()): HostState => ({
  ...state,
  overview,
  heardAt,
  curve: [...state.curve, overview.saidLastMinute].slice(-CURVE_MOST),
});

/** Adds messages to those that are listed. What was told of one again is newer: it may have been taken back. */
export function merged(known: readonly Said[], told: readonly Said[]): Said[] {
  const byId = new Map(known.map((one) => [one.id, one]));
  for (const one of told) byId.set(one.id, one);
  return [...byId.values()].sort((a, b) => b.id - a.id).slice(0, STREAM_MOST);
}

/**
 * Takes up the newest messages, told again as a whole: what is missing among them is gone, with its room. What is older than
 * all of them stays as it is known; `all` says that there is nothing older.
 */
export function renewed(known: readonly Said[], told: readonly Said[], all: boolean): Said[] {
  const oldest = Math.min(...told.map(({ id }) => id));
  return merged(all ? [] : known.filter(({ id }) => id < oldest), told);
}

/** The last message that was told of, to ask for those after it. */
export const lastId = (messages: readonly Said[] | null): number | null => messages?.[0]?.id ?? null;

/** Somebody who says so much that a host wants to look. */
export interface Flooder {
  id: Id;
  nickname: string;
  /** The code of the room in which they spoke last. */
  room: string;
  /** How many messages of the last minute. */
  said: number;
}

/** From so many messages in a minute on somebody is shown first: one in four seconds. */
export const FLOOD = 15;

/** Whoever floods and is neither muted nor banned, the most messages first. What was taken back counts, too. */
export function flooding({ stream, overview, mutes, bans }: HostState, now: number): Flooder[] {
  if (!stream || !overview || overview.saidLastMinute < FLOOD) return [];
  const [newest] = stream;
  // A hub that does not know the time dates messages by its own estimate: by that, nothing is newer than its newest.
  const until = overview.since === null ? Date.parse(newest?.at ?? "") : now - clockOffset(overview, now);
  const by = new Map<Id, Flooder>();
  for (const { chatter, nickname, code, at, isNotice } of stream) {
    if (isNotice || chatter === HOST || Date.parse(at) <= until - 60_000) continue;
    const known = by.get(chatter) ?? { id: chatter, nickname, room: code, said: 0 };
    by.set(chatter, { ...known, said: known.said + 1 });
  }
  const kept = new Set([...(mutes ?? []), ...bans].map(({ id }) => id));
  const all = [...by.values()].filter(({ id, said }) => said >= FLOOD && !kept.has(id));
  return all.sort((a, b) => b.said - a.said);
}

/** The points of the curve, within a box of this size. */
export function curvePoints(curve: readonly number[], width: number, height: number): string {
  const most = Math.max(1, ...curve);
  const step = width / (CURVE_MOST - 1);
  // The newest at the right, however few there are.
  const from = width - (curve.length - 1) * step;
  return curve.map((value, at) => `${round(from + at * step)},${round(height - (value / most) * height)}`).join(" ");
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** Milliseconds to add to a time of the hub's to get this phone's; the hub's clock may be wrong by years. */
export const clockOffset = ({ clock, since, uptime }: Pick<Overview, "clock" | "since" | "uptime">, now: number): number =>
  clock
    ? offset(clock.time, now)
    : since === null
      ? 0
      : offset(new Date(Date.parse(since) + uptime * 1_000).toISOString(), now);

/** The hub's own time now, in ms since 1970; where it is not known, this phone's. */
export function hubNow({ overview }: Pick<HostState, "overview">): number {
  const now = Date.now();
  return overview ? now - clockOffset(overview, now) : now;
}

/** What a host should know of the hub's clock. */
export interface ClockNews {
  /** How far this phone's time is ahead of the hub's, in ms; below 0 if it is behind. `null` if nobody would notice. */
  ahead: number | null;
  /** Whether this phone's time can be set. */
  canSet: boolean;
  /** Whether the hub goes by a host's time. */
  isHosts: boolean;
}

/** People read minutes. */
const NOTICED = 60_000;
/** The hub's time never goes back; it waits for a time that is at most this far behind. */
const WAITED_FOR = 60 * 60_000;

/** What to say of the hub's clock where it cannot be relied on; nothing where all is well. */
export function clockNews({ overview, heardAt }: Pick<HostState, "overview" | "heardAt">): ClockNews | null {
  const clock = overview?.clock;
  if (!clock || clock.isTrusted || clock.isShared) return null;
  const difference = heardAt - Date.parse(clock.time);
  const ahead = Math.abs(difference) < NOTICED ? null : difference;
  if (ahead === null && !clock.isHosts) return null;
  return { ahead, canSet: ahead !== null && ahead >= -WAITED_FOR, isHosts: clock.isHosts };
}

/** What a mode is set to: in slow mode with seconds, with minutes where the room is open again by itself. */
export interface Setting {
  mode: Mode;
  every?: number;
  /** Among `members` count those, too, who have been here for this many minutes. */
  hereFor?: number;
  minutes?: number;
}

/** By itself the room is open again after so many minutes, where that is wanted. */
export const BACK_AFTER = 15;

/** Minutes for which people must have been here, where that is what counts. */
export const HERE_FOR = 10;

/** How a room is set, to set it so again: a time that has begun goes on. `now` is the hub's time. */
export function settingOf(room: Pick<RoomLine, "mode" | "every" | "hereFor" | "modeUntil">, now: number): Setting {
  const { mode = "open", every, hereFor, modeUntil } = room;
  const rest = modeUntil ? Math.ceil((Date.parse(modeUntil) - now) / 60_000) : 0;
  return {
    mode,
    ...(mode === "slow" && every ? { every } : {}),
    ...(mode === "members" && hereFor ? { hereFor } : {}),
    ...(mode !== "open" && rest > 0 ? { minutes: rest } : {}),
  };
}

/**
 * The setting that a tap on a step of the ladder makes. A step up goes back by itself if that is wanted; a step down keeps
 * the time that has begun.
 */
export function stepped(from: Setting, to: Mode, goesBack: boolean): Setting {
  if (to === "open") return { mode: to };
  const isUp = MODES.indexOf(to) > MODES.indexOf(from.mode);
  const minutes = isUp ? (goesBack ? BACK_AFTER : undefined) : from.minutes;
  return { mode: to, ...(minutes === undefined ? {} : { minutes }) };
}

/** The same with people among the members who have been here for this many minutes; 0: nobody new. */
export function hereFor({ hereFor: _, ...from }: Setting, minutes: number): Setting {
  return minutes > 0 ? { ...from, hereFor: minutes } : from;
}

/** The mode that all rooms have, if they have one. */
export function commonMode(rooms: readonly RoomLine[]): Mode | null {
  const [first] = rooms;
  return first?.mode && rooms.every(({ mode }) => mode === first.mode) ? first.mode : null;
}

/** How all rooms are set, as far as that is the same in all. */
export function commonSetting(rooms: readonly RoomLine[]): Setting {
  const [first] = rooms;
  const isSame = rooms.every((room) => room.hereFor === first?.hereFor);
  return hereFor({ mode: commonMode(rooms) ?? "open" }, (isSame && first?.hereFor) || 0);
}

export type Trouble =
  | { name: "full" | "readOnly" | "databaseAway" | "memoryTight" | "memoryFull" | "twins" }
  | { name: "little"; free: number }
  | { name: "unannounced" | "noCopies"; reason: string }
  | { name: "missing"; address: string; reason: string };

/** Below this many bytes of free disk the hub warns. */
const LITTLE = 500_000_000;

/** The hub's warnings, to be told in any language; the same, in the same order, as its own sentences. */
export function troubles({ data, memory, announced, missing, twins }: Overview): Trouble[] {
  const all: Trouble[] = [];
  const { storage, free, copies } = data;
  if (storage !== "ok") all.push({ name: storage === "full" ? "full" : storage === "read_only" ? "readOnly" : "databaseAway" });
  else if (free !== null && free < LITTLE) all.push({ name: "little", free });
  if (memory.state === "tight") all.push({ name: "memoryTight" });
  if (memory.state === "full") all.push({ name: "memoryFull" });
  if (announced.reason) all.push({ name: "unannounced", reason: announced.reason });
  for (const { address, reason } of missing) all.push({ name: "missing", address, reason });
  if (twins.length > 0) all.push({ name: "twins" });
  if (copies) all.push({ name: "noCopies", reason: copies });
  return all;
}
