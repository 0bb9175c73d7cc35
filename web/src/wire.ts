// Every shape on the wire, mirrored from the hub's `src/wire.rs`.
//
// `golden/*.json` holds one of each shape; the hub's tests and ours read the same files, so
// neither side can drift alone. Every value from outside passes through a reader here once;
// behind it nothing is checked again. Readers take unknown extra fields as they come (a newer
// hub may add some) and answer `null` for what is not the shape at all.

export type Id = string;

export interface Chatter {
  id: Id;
  nickname: string;
  createdAt: string;
  deletedAt: string | null;
  isActive: boolean;
}

export interface Room {
  id: Id;
  code: string;
  title: string;
  namespace: string;
  capacity: number;
  present: number;
  createdAt: string;
  expiresAt: string;
  isExpired: boolean;
  isPassword: boolean;
  /** Whether the host has shut the door: nobody new comes in. */
  isShut: boolean;
  /** Who may write, and in `slow` how many seconds each waits between two messages; an older hub does not say. */
  mode?: Mode;
  every?: number;
  /** In `members`, how many minutes people must have been here to come in and write, if the host asks for that. */
  hereFor?: number;
  /** Whether it lives until the host ends it; an older hub does not say. */
  isLasting?: boolean;
  /** From where those who are in it read it; an older hub does not say, and has only `joined`. */
  history?: History;
  /** Its place in the lobby, from 1; before those that have none. */
  position?: number;
  /** Where the host reads questions first. */
  questions?: "held";
  userId: null;
  /** The place of its newest message or notice. */
  lastSeq?: number;
  /** When somebody last said something in it. */
  lastSaidAt?: string | null;
}

/** From a room's beginning, or each from their own coming. */
export type History = "all" | "joined";

export const historyOf = (room: Room): History => (room.history === "all" ? "all" : "joined");

/** The rungs on which the host can set a room. */
export type Mode = "open" | "slow" | "members" | "read_only";

export type AlertKind = "joined" | "left" | "renamed" | "note" | "announcement";

export interface Alert {
  kind: AlertKind;
  count: number;
  /** Old and new nickname, on `renamed` only. */
  was?: string;
  now?: string;
}

export interface Message {
  id: number;
  seq: number;
  type: "MESSAGE" | "ALERT";
  content: string;
  sentAt: string;
  roomId: Id;
  chatterId: Id;
  chatter: Chatter;
  alert?: Alert;
  from?: "hub" | "chatter";
  /** Whether the host said it. */
  host?: boolean;
  /** Its author or the host took it back: `content` is empty. */
  takenBack?: boolean;
  /** The message that it answers. */
  replyTo?: Quote;
  /** The chatters whom it names. */
  mentions?: Id[];
  /** How many have reacted with which emoji. */
  reactions?: Reactions;
  /** With which this reader has. */
  mine?: string[];
  /** Its votes, if it was asked as a question. */
  question?: Question;
}

/** The votes of a question; whether this reader has voted is only told to them. */
export interface Question {
  votes: number;
  mine?: boolean;
  answered: boolean;
}

/** The answer to a question that waits for the host: it has no place in the room yet. */
export interface Held {
  roomId: Id;
  held: { id: number; content: string; sentAt: string };
}

export type Reactions = { [emoji: string]: number };

/** What a message answers, as it is now. `chatter` is `null` if it is no longer kept. */
export interface Quote {
  seq: number;
  chatter: Chatter | null;
  excerpt: string;
  takenBack: boolean;
}

/** The reactions to a message, and its votes; `mine` only where it is told to one reader. */
export interface Reacted {
  seq: number;
  reactions: Reactions;
  mine?: string[];
  /** When they changed, in a count of the hub's own. */
  at: number;
  question?: Question;
}

/** The reactions that there are. */
export const EMOJI = ["👍", "❤️", "😂", "🎉", "😮", "🙏"] as const;

export interface JoinAck extends Chatter {
  room: Room;
  lastSeq: number;
  firstSeq: number;
  /** Whether messages that this chatter could once read are no longer kept. */
  pruned: boolean;
  /** In which count of places these seqs are. */
  epoch: string;
  /** Whether what was here before counts no more: the hub had to go on from a copy. */
  reset: boolean;
  missed: Message[];
  more: boolean;
  /** What is announced here; an older hub does not say. */
  announcements?: Announcement[];
  /** The polls that run here, to be read by `wire.polls.ts`; an older hub does not say. */
  polls?: unknown;
  /** The seqs, of those up to `after`, whose messages the host took back. */
  takenBack: number[];
  /** Reactions that have changed, and up to when they are known; an older hub says neither. */
  reacted?: Reacted[];
  reactionsAt?: number;
  /** Only where the host has muted this browser. */
  muted?: Muted;
}

export interface Hello {
  hub: { id: Id; name: string; version: string };
  language: "ko" | "en";
  time: string;
  timeTrusted: boolean;
}

export interface Hub {
  id: Id;
  name: string;
  language: "ko" | "en";
  version: string;
  uptime: number;
  time: string;
  timeTrusted: boolean;
  addresses: string[];
  rooms: number;
  people: number;
  storage: "ok" | "restored" | "full" | "read_only";
  /** Whether newcomers find room. */
  memory: "easy" | "tight" | "full";
  announced: Announced;
  /** What the host announces in all rooms, the oldest first; an older hub does not say. */
  announcements: Announcement[];
  limits: Limits;
  wifi: Wifi | null;
}

/** Another hub on the same network. */
export interface OtherHub {
  id: Id;
  name: string;
  host: string;
  url: string;
}

/** Whether people find the hub by its name on the network. */
export interface Announced {
  state: "off" | "starting" | "announced" | "not_announced";
  /** The name to type: `cola.local`. */
  name: string | null;
  instance: string | null;
  reason: string | null;
}

export interface Limits {
  title: number;
  password: number;
  nickname: number;
  content: number;
  namespace: number;
  rosterLimit: number;
}

export interface Wifi {
  ssid: string;
  password: string;
  security: string;
}

export interface Presence {
  roomId: Id;
  present: number;
}

/** Why a room is over for somebody: its time, or the host. */
export const closings = ["expired", "closed", "deleted", "kicked", "banned"] as const;

export type Closed = (typeof closings)[number];

export interface RoomClosed {
  roomId: Id;
  reason: Closed;
}

export interface RoomShut {
  roomId: Id;
  isShut: boolean;
}

/** The host lets this browser read and not speak: until then, or with `null` until the host lifts it. */
export interface Muted {
  until: string | null;
}

/** What the host announces in a room, or with `roomId` `null` in all. */
export interface Announcement {
  id: Id;
  roomId: Id | null;
  text: string;
  sentAt: string;
  /** Up to when it is shown, by the hub's estimate; the hub says when that is over. */
  until: string | null;
}

export interface RoomMode {
  roomId: Id;
  mode: Mode;
  every?: number;
  hereFor?: number;
}

export interface RoomHistory {
  roomId: Id;
  history: History;
}

/** The host has changed the room: as it is now. */
export interface RoomEdited {
  roomId: Id;
  title: string;
  capacity: number;
  isPassword: boolean;
  position?: number;
  questions?: "held";
}

/** The host took a message back: its seq stays, empty. */
export interface TakenBack {
  roomId: Id;
  id: number;
  seq: number;
}

export interface Typing {
  roomId: Id;
  chatterId: Id;
  isTyping: boolean;
}

export interface HistoryPage {
  messages: Message[];
  more: boolean;
  firstSeq: number;
  pruned: boolean;
}

/** What a search found, newest first. */
export interface Found {
  messages: Message[];
  /** Whether there is more to search, and from where to go on. */
  more: boolean;
  before: number | null;
  /** Whether it ended because its time was over. */
  isEarly: boolean;
}

/** A page of a room's questions. */
export interface QuestionPage {
  messages: Message[];
  more: boolean;
  /** From where to go on. */
  after: string | null;
}

export interface Roster {
  chatters: Chatter[];
  present: number;
  more: boolean;
}

export const errorCodes = [
  "bad_request",
  "not_joined",
  "no_such_room",
  "expired",
  "full",
  "locked",
  "shut",
  "slow_mode",
  "too_new",
  "room_read_only",
  "wrong_password",
  "too_fast",
  "too_long",
  "too_many",
  "too_many_here",
  "too_many_yours",
  "hub_full",
  "forbidden",
  "banned",
  "muted",
  "no_such_chatter",
  "no_such_message",
  "no_question",
  "own_question",
  "no_such_poll",
  "poll_closed",
  "too_many_held",
  "not_let_through",
  "too_late",
  "name_taken",
  "name_reserved",
  "name_held",
  "storage_full",
  "read_only",
  "unavailable",
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** Refusals that pass by themselves: what was refused is worth another try in a while. */
export const passes = (code: ErrorCode): boolean =>
  code === "too_fast" || code === "too_many_here" || code === "hub_full" || code === "unavailable";

/** How much of a room is unread; 100 are as many or more. */
export interface UnreadRoom {
  roomId: Id;
  unread: number;
}

export interface Unread {
  rooms: UnreadRoom[];
}

/** A refusal, with what a program needs from it. `message` is the hub's own sentence. */
export interface Refusal {
  code: ErrorCode;
  message: string;
  retryAfter: number | null;
}

export type Answer<T> = { ok: true; data: T } | { ok: false; refusal: Refusal };

export type Reader<T> = (value: unknown) => T | null;

export type Fields = Record<string, unknown>;

export const isObject = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** True when every named field of `value` has the type that `typeof` says. */
export function has(value: Fields, types: Record<string, "string" | "number" | "boolean">): boolean {
  return Object.keys(types).every((name) => typeof value[name] === types[name]);
}

export const readChatter: Reader<Chatter> = (value) =>
  isObject(value) && has(value, { id: "string", nickname: "string" }) ? (value as unknown as Chatter) : null;

export const readRoom: Reader<Room> = (value) => {
  if (!isObject(value)) return null;
  const strings = { id: "string", code: "string", title: "string", namespace: "string", expiresAt: "string" } as const;
  const rest = { capacity: "number", present: "number", isPassword: "boolean", isExpired: "boolean" } as const;
  return has(value, strings) && has(value, rest) ? (value as unknown as Room) : null;
};

export const readMessage: Reader<Message> = (value) => {
  if (!isObject(value) || !readChatter(value.chatter)) return null;
  const types = { id: "number", seq: "number", type: "string", content: "string", sentAt: "string" } as const;
  return has(value, types) ? (value as unknown as Message) : null;
};

/** A list in which what cannot be read is left out, so that one odd entry costs one entry. */
export function readList<T>(read: Reader<T>): Reader<T[]> {
  return (value) => (Array.isArray(value) ? value.filter((entry) => read(entry) !== null) : null);
}

/** The answer to what was said: the message, or that it waits. */
export const readSaid: Reader<Message | Held> = (value) =>
  isObject(value) && isObject(value.held) ? (value as unknown as Held) : readMessage(value);

export const readMessages = readList(readMessage);
export const readChatters = readList(readChatter);
export const readRooms = readList(readRoom);

export const readAnnouncement: Reader<Announcement> = (value) =>
  isObject(value) && has(value, { id: "string", text: "string", sentAt: "string" })
    ? (value as unknown as Announcement)
    : null;

const readAnnouncements = readList(readAnnouncement);

/** The announcement that is shown no more. */
export const readAnnouncementGone: Reader<{ id: Id }> = (value) =>
  isObject(value) && has(value, { id: "string" }) ? (value as unknown as { id: Id }) : null;

export const readJoinAck: Reader<JoinAck> = (value) => {
  if (!isObject(value) || !readChatter(value) || !readRoom(value.room)) return null;
  const missed = readMessages(value.missed);
  if (!missed || !has(value, { lastSeq: "number", firstSeq: "number", epoch: "string", more: "boolean" })) {
    return null;
  }
  const announcements = readAnnouncements(value.announcements) ?? [];
  const takenBack = Array.isArray(value.takenBack) ? value.takenBack.filter((seq) => typeof seq === "number") : [];
  return { ...(value as unknown as JoinAck), missed, takenBack, announcements };
};

export const readHello: Reader<Hello> = (value) =>
  isObject(value) && isObject(value.hub) && has(value, { time: "string" }) ? (value as unknown as Hello) : null;

export const readHub: Reader<Hub> = (value) =>
  isObject(value) &&
  has(value, { name: "string", time: "string", people: "number" }) &&
  Array.isArray(value.addresses) &&
  isObject(value.announced) &&
  isObject(value.limits)
    ? { ...(value as unknown as Hub), announcements: readAnnouncements(value.announcements) ?? [] }
    : null;

/** A stranger's hub is checked here: only plain web addresses are ever linked to. */
const readOtherHub: Reader<OtherHub> = (value) =>
  isObject(value) &&
  has(value, { id: "string", name: "string", host: "string", url: "string" }) &&
  /^https?:\/\/[\d.:[\]a-f]+$/i.test(value.url as string)
    ? (value as unknown as OtherHub)
    : null;

export const readHubs = readList(readOtherHub);

const readUnreadRooms = readList<UnreadRoom>((value) =>
  isObject(value) && has(value, { roomId: "string", unread: "number" }) ? (value as unknown as UnreadRoom) : null,
);

export const readUnread: Reader<Unread> = (value) => {
  const rooms = isObject(value) ? readUnreadRooms(value.rooms) : null;
  return rooms && { rooms };
};

export const readPresence: Reader<Presence> = (value) =>
  isObject(value) && has(value, { roomId: "string", present: "number" }) ? (value as unknown as Presence) : null;

/** A reason that a newer hub has counts as the plainest. */
export const readRoomClosed: Reader<RoomClosed> = (value) =>
  isObject(value) && has(value, { roomId: "string" })
    ? { roomId: value.roomId as Id, reason: closings.find((known) => known === value.reason) ?? "closed" }
    : null;

export const readRoomShut: Reader<RoomShut> = (value) =>
  isObject(value) && has(value, { roomId: "string", isShut: "boolean" }) ? (value as unknown as RoomShut) : null;

export const readMuted: Reader<Muted> = (value) =>
  isObject(value) && (value.until === null || has(value, { until: "string" })) ? (value as unknown as Muted) : null;

/** The host has dropped a question that this browser has sent with this key. */
export const readQuestionDropped: Reader<{ roomId: Id; key: string }> = (value) =>
  isObject(value) && has(value, { roomId: "string", key: "string" }) ? (value as unknown as { roomId: Id; key: string }) : null;

export const readRoomMode: Reader<RoomMode> = (value) =>
  isObject(value) && has(value, { roomId: "string", mode: "string" }) ? (value as unknown as RoomMode) : null;

export const readRoomHistory: Reader<RoomHistory> = (value) =>
  isObject(value) && has(value, { roomId: "string", history: "string" }) ? (value as unknown as RoomHistory) : null;

export const readRoomEdited: Reader<RoomEdited> = (value) =>
  isObject(value) && has(value, { roomId: "string", title: "string", capacity: "number", isPassword: "boolean" })
    ? (value as unknown as RoomEdited)
    : null;

export const readTakenBack: Reader<TakenBack> = (value) =>
  isObject(value) && has(value, { roomId: "string", seq: "number" }) ? (value as unknown as TakenBack) : null;

export const readReacted: Reader<Reacted> = (value) =>
  isObject(value) && isObject(value.reactions) && has(value, { seq: "number", at: "number" })
    ? (value as unknown as Reacted)
    : null;

export const readTyping: Reader<Typing> = (value) =>
  isObject(value) && has(value, { chatterId: "string", isTyping: "boolean" }) ? (value as unknown as Typing) : null;

export const readToken: Reader<string> = (value) =>
  isObject(value) && has(value, { token: "string" }) ? (value.token as string) : null;

export const readHistory: Reader<HistoryPage> = (value) => {
  if (!isObject(value) || typeof value.more !== "boolean") return null;
  const messages = readMessages(value.messages);
  const firstSeq = typeof value.firstSeq === "number" ? value.firstSeq : 1;
  return messages && { messages, more: value.more, firstSeq, pruned: value.pruned === true };
};

export const readFound: Reader<Found> = (value) => {
  if (!isObject(value) || !has(value, { more: "boolean", isEarly: "boolean" })) return null;
  const messages = readMessages(value.messages);
  return messages && { ...(value as unknown as Found), messages };
};

export const readQuestions: Reader<QuestionPage> = (value) => {
  if (!isObject(value) || typeof value.more !== "boolean") return null;
  const messages = readMessages(value.messages);
  const after = typeof value.after === "string" ? value.after : null;
  return messages && { messages, more: value.more, after };
};

export const readRoster: Reader<Roster> = (value) => {
  if (!isObject(value) || !has(value, { present: "number", more: "boolean" })) return null;
  const chatters = readChatters(value.chatters);
  return chatters && { chatters, present: value.present as number, more: value.more as boolean };
};

/** Opens an envelope. What is no envelope at all counts as the hub being unavailable. */
export function readAnswer<T>(value: unknown, read: Reader<T>): Answer<T> {
  if (isObject(value) && value.success === true) {
    const data = read(value.data);
    if (data !== null) return { ok: true, data };
  }
  return { ok: false, refusal: readRefusal(value) };
}

/** The envelope of a refusal. */
export function readRefusal(value: unknown): Refusal {
  const fields = isObject(value) ? value : {};
  const code = errorCodes.find((known) => known === fields.code) ?? "unavailable";
  return {
    code,
    message: typeof fields.message === "string" ? fields.message : "",
    retryAfter: typeof fields.retryAfter === "number" ? fields.retryAfter : null,
  };
}
