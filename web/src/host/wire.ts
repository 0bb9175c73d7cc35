// What the host's calls answer (docs/host.md), read and checked as it comes in.

import { has, isObject, readList, readRefusal, type Fields, type Id, type Reader } from "../wire";
import type { PollResults } from "../wire.polls";

export type Role = "host" | "helper";

export interface Overview {
  title: string;
  version: string;
  /** In seconds. */
  uptime: number;
  /** When it was started; `null` where the time is not known. */
  since: string | null;
  /** Where the hub says how it knows the time. */
  clock?: ClockLine | null;
  addresses: string[];
  announced: { state: string; name: string | null; reason: string | null };
  people: number;
  rooms: number;
  saidLastMinute: number;
  /** Grows whenever something that was said is gone; absent from a hub that does not count it. */
  removals?: number;
  /** Those that wait; `null` where the database cannot be read. */
  reports: number | null;
  /** In bytes. */
  memory: { taken: number; most: number | null; state: string };
  data: { database: number; storage: string; free: number | null; copies: string | null };
  missing: { address: string; reason: string }[];
  twins: string[];
  /** Sentences, in English. */
  warnings: string[];
}

/** How the hub knows the time of day. */
export interface ClockLine {
  /** The hub's time. */
  time: string;
  /** Whether the machine's clock can be relied on. */
  isTrusted: boolean;
  /** Whether `time` is the one that a host has set. */
  isHosts: boolean;
  /** Whether the times are those of a database that hubs share, so that no host sets them. */
  isShared: boolean;
}

export interface RoomLine {
  id: Id;
  code: string;
  title: string;
  namespace: string;
  capacity: number;
  people: number;
  isPassword: boolean;
  isShut: boolean;
  history: "all" | "joined";
  expires: string;
  /** Where the hub has an order of rooms: its place in the lobby, from 1; 0 is none. */
  position?: number;
  /** Where the hub has questions: whether the host reads them first. */
  questions?: "open" | "held";
  /** Where the hub has modes: that of the room. */
  mode?: Mode;
  /** In slow mode, how many seconds a person waits between two messages. */
  every?: number | null;
  /** In `members`, how many minutes people must have been here, if that counts. */
  hereFor?: number | null;
  /** When the room is open again by itself. */
  modeUntil?: string | null;
}

/** What people may do in a room, each less than that before. */
export const MODES = ["open", "slow", "members", "read_only"] as const;
export type Mode = (typeof MODES)[number];

/** What a host can have the wall of a room show. */
export const WALL_VIEWS = ["messages", "questions", "poll", "off"] as const;

/** The wall of a room: what a projector or a television shows of it. */
export interface WallState {
  view: string;
  /** How old a message is before it is shown, in seconds. */
  delay: number;
  /** Whether it opens without a link. */
  isOpen: boolean;
  /** The link's secret; `null` if there is no link. */
  link: string | null;
  /** Its addresses, with the secret if there is one. */
  links: string[];
}

export interface Said {
  seq: number;
  id: number;
  at: string;
  chatter: Id;
  nickname: string;
  content: string;
  isNotice: boolean;
  takenBack: boolean;
  /** The room, where messages of several are listed. */
  room: Id;
  code: string;
  title: string;
}

/** A question that waits for the host. */
export interface Waiting {
  id: number;
  at: string;
  room: Id;
  code: string;
  chatter: Id;
  nickname: string;
  content: string;
}

/** A question of a room. */
export interface Asked {
  seq: number;
  id: number;
  at: string;
  chatter: Id;
  nickname: string;
  content: string;
  votes: number;
  isAnswered: boolean;
}

export interface Person {
  id: Id;
  nickname: string;
  /** The code of the room they are in, or were last. */
  room: string;
  sockets: number;
  /** Whether they are there; `false` for those who have left. */
  isPresent: boolean;
  isMuted?: boolean;
}

export interface Muted {
  id: Id;
  nickname: string;
  /** `null` until it is lifted. */
  until: string | null;
}

export interface Banned {
  id: Id;
  nickname: string;
  withAddress: boolean;
}

/** What stands on top of people's page. */
export interface Announced {
  id: string;
  /** `null` for all rooms. */
  room: Id | null;
  text: string;
  at: string;
  /** `null` until it is taken down. */
  until: string | null;
}

/** A poll with its votes. */
export interface PollLine {
  id: Id;
  /** `null` for all rooms. */
  room: Id | null;
  question: string;
  options: { text: string; votes: number }[];
  voters: number;
  multiple: boolean;
  results: PollResults;
  at: string;
  /** When it closes by itself. */
  until: string | null;
  /** `null` while it runs. */
  closedAt: string | null;
}

/** A poll that is prepared. */
export interface PreparedLine {
  id: Id;
  /** `null` for all rooms. */
  room: Id | null;
  question: string;
  options: string[];
  multiple: boolean;
  results: PollResults;
  /** `null` until the host closes it. */
  minutes: number | null;
}

export interface Reported {
  id: number;
  at: string;
  byNickname: string;
  reason: string | null;
  room: Id;
  code: string;
  seq: number;
  chatter: Id;
  nickname: string;
  content: string;
  takenBack: boolean;
}

export interface Deed {
  at: string;
  deed: string;
  what: string;
  by: string | null;
  /** What it was about: the id of a chatter, an announcement or a poll, or a room's code. */
  subject?: string | null;
  /** The mode that was set, if one was. */
  mode?: ModeLine | null;
  /** The mode before, if it was one. */
  was?: ModeLine | null;
}

/** A mode as it was set, with minutes if it was set, or lasted still, for a time. */
export interface ModeLine {
  mode: Mode;
  every?: number | null;
  hereFor?: number | null;
  minutes?: number | null;
}

export interface KeyLine {
  id: string;
  name: string;
  role: Role;
}

/** Why the hub refused: a code, and its own sentence. */
export interface Denial {
  code: string;
  message: string;
}

export type Told<T> = { ok: true; data: T } | ({ ok: false } & Denial);

type Types = Parameters<typeof has>[1];

const lines = <T>(types: Types, whole: (fields: Fields) => unknown = (fields) => fields): Reader<T[]> => {
  const list = readList<Fields>((value) => (isObject(value) && has(value, types) ? value : null));
  return (value) => (list(value)?.map(whole) as T[] | undefined) ?? null;
};

export const readOverview: Reader<Overview> = (value) => {
  if (!isObject(value) || !has(value, { title: "string", people: "number", rooms: "number" })) return null;
  const isWhole = [value.memory, value.data, value.announced].every(isObject);
  const list = (some: unknown): unknown[] => (Array.isArray(some) ? some : []);
  const { warnings, missing, twins, addresses, saidLastMinute } = value;
  if (!isWhole) return null;
  return {
    ...(value as unknown as Overview),
    saidLastMinute: typeof saidLastMinute === "number" ? saidLastMinute : 0,
    warnings: list(warnings) as string[],
    missing: list(missing) as Overview["missing"],
    twins: list(twins) as string[],
    addresses: list(addresses) as string[],
  };
};

export const readRoomLines = lines<RoomLine>({ id: "string", code: "string", title: "string", people: "number" });

/** Messages; `of` says of which room they are, where the hub lists those of one. */
export const readSaid = (of?: Pick<RoomLine, "id" | "code" | "title">): Reader<Said[]> => {
  const place = of && { room: of.id, code: of.code, title: of.title };
  return lines<Said>({ seq: "number", id: "number", chatter: "string", nickname: "string", content: "string" }, (fields) => ({
    ...fields,
    ...place,
  }));
};

export const readWaiting = lines<Waiting>({ id: "number", room: "string", nickname: "string", content: "string" });
export const readAsked = lines<Asked>({ seq: "number", chatter: "string", nickname: "string", content: "string", votes: "number" });
export const readPeople = lines<Person>({ id: "string", nickname: "string", room: "string" }, (fields) => ({
  isPresent: true,
  ...fields,
}));
export const readBanned = lines<Banned>({ id: "string", nickname: "string" });
export const readMuted = lines<Muted>({ id: "string", nickname: "string" });
export const readAnnounced = lines<Announced>({ id: "string", text: "string" });
export const readPollLines = lines<PollLine>({ id: "string", question: "string", voters: "number" });
export const readPrepared = lines<PreparedLine>({ id: "string", question: "string", results: "string" });
export const readReports = lines<Reported>({ id: "number", room: "string", seq: "number", content: "string" });
export const readDeeds = lines<Deed>({ at: "string", deed: "string", what: "string" });
export const readKeys = lines<KeyLine>({ id: "string", name: "string", role: "string" });

export const readMade: Reader<{ room: Id; code: string }> = (value) =>
  isObject(value) && has(value, { room: "string", code: "string" }) ? (value as { room: Id; code: string }) : null;

export const readWallState: Reader<WallState> = (value) =>
  isObject(value) && has(value, { view: "string", delay: "number", isOpen: "boolean" }) && Array.isArray(value.links)
    ? (value as unknown as WallState)
    : null;

/** Whatever an act answers: that it was done is all there is to know. */
export const readAny: Reader<unknown> = (value) => value ?? true;

/** Opens an envelope. */
export function readTold<T>(value: unknown, read: Reader<T>): Told<T> {
  if (isObject(value) && value.success === true) {
    const data = read(value.data);
    if (data !== null) return { ok: true, data };
  }
  // A host's refusals have codes of their own.
  const code = isObject(value) && typeof value.code === "string" ? value.code : "unavailable";
  return { ok: false, code, message: readRefusal(value).message };
}
