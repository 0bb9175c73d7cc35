// The hub over HTTP. Who asks is told by the hub's own HttpOnly cookie, which no script here sees; in a
// browser that keeps no cookies by the token that stands in for it (`identity.ts`).

import {
  readAnswer,
  readFound,
  readHistory,
  readHub,
  readHubs,
  readQuestions,
  readRoom,
  readRooms,
  readRoster,
  readToken,
  readUnread,
  type Answer,
  type Found,
  type History,
  type HistoryPage,
  type Hub,
  type Id,
  type OtherHub,
  type QuestionPage,
  type Reader,
  type Room,
  type Roster,
  type Unread,
} from "../wire";
import { readPollList, type Poll } from "../wire.polls";

/** A place in a room. */
export interface Place {
  id: Id;
  seq: number;
}

/** The hub could not be reached, or what answered is not the hub. */
export class Unreachable extends Error {}

export interface NewRoom {
  title: string;
  namespace: string;
  capacity: number;
  password: string;
  history: History;
}

export interface Api {
  hub(): Promise<Answer<Hub>>;
  hubs(): Promise<Answer<OtherHub[]>>;
  rooms(): Promise<Answer<Room[]>>;
  /** How many messages have come into each room after a place. */
  unread(places: readonly Place[]): Promise<Answer<Unread>>;
  roomByCode(code: string): Promise<Answer<Room>>;
  createRoom(room: NewRoom): Promise<Answer<Room>>;
  after(roomId: Id, seq: number): Promise<Answer<HistoryPage>>;
  before(roomId: Id, seq: number): Promise<Answer<HistoryPage>>;
  /** The messages around a place. */
  around(roomId: Id, seq: number): Promise<Answer<HistoryPage>>;
  /** Messages in which a text is, before `before` or from the newest on. */
  search(roomId: Id, text: string, before: number | null): Promise<Answer<Found>>;
  /** Questions, in the order of votes or of time, from the first or behind `after`. */
  questions(roomId: Id, sort: "votes" | "time", after: string | null): Promise<Answer<QuestionPage>>;
  chatters(roomId: Id, page: number): Promise<Answer<Roster>>;
  /** The polls of a room, closed ones among them. */
  polls(roomId: Id): Promise<Answer<Poll[]>>;
  /** A new identity, as a token. */
  identity(): Promise<Answer<string>>;
}

/** Longer than any answer on a healthy LAN takes; a phone between two access points gives up here. */
const PATIENCE = 8_000;

const PAGE = 50;

/** Lists are fetched again and again: the browser keeps one, and asks whether it has changed. */
const LISTED: RequestInit = { cache: "no-cache" };

/** `token` says who asks, where no cookie does. */
export function httpApi(token: () => string | null): Api {
  const ask = <T>(path: string, init: RequestInit, read: Reader<T>): Promise<Answer<T>> => {
    const held = token();
    const headers = held === null ? init.headers : { ...init.headers, authorization: `Bearer ${held}` };
    return call(path, { ...init, ...(headers && { headers }) }, read);
  };
  const get = <T>(path: string, read: Reader<T>): Promise<Answer<T>> => ask(path, {}, read);
  const history = (roomId: Id, query: string): Promise<Answer<HistoryPage>> =>
    get(`/api/rooms/${encodeURIComponent(roomId)}/messages?${query}`, readHistory);
  return {
    hub: () => get("/api/hub", readHub),
    hubs: () => ask("/api/hubs", LISTED, readHubs),
    rooms: () => ask("/chat/rooms", LISTED, readRooms),
    unread: (places) => get(`/api/unread?after=${places.map(({ id, seq }) => `${id}:${seq}`).join()}`, readUnread),
    roomByCode: (code) => get(`/api/codes/${encodeURIComponent(code)}`, readRoom),
    after: (roomId, seq) => history(roomId, `after=${seq}&limit=100`),
    before: (roomId, seq) => history(roomId, `before=${seq}&limit=${PAGE}`),
    around: (roomId, seq) => history(roomId, `around=${seq}&limit=${PAGE}`),
    search: (roomId, text, before) =>
      get(
        `/api/rooms/${encodeURIComponent(roomId)}/search?q=${encodeURIComponent(text)}${before === null ? "" : `&before=${before}`}`,
        readFound,
      ),
    questions: (roomId, sort, after) =>
      get(
        `/api/rooms/${encodeURIComponent(roomId)}/questions?sort=${sort}${after === null ? "" : `&after=${encodeURIComponent(after)}`}`,
        readQuestions,
      ),
    chatters: (roomId, page) => get(`/api/rooms/${encodeURIComponent(roomId)}/chatters?page=${page}`, readRoster),
    polls: (roomId) => get(`/api/rooms/${encodeURIComponent(roomId)}/polls`, readPollList),
    createRoom(room) {
      const body = JSON.stringify({ ...room, isPassword: room.password !== "" });
      const headers = { "content-type": "application/json" };
      return ask("/chat/rooms", { method: "POST", headers, body }, readRoom);
    },
    identity: () => call("/api/identity", { method: "POST" }, readToken),
  };
}

async function call<T>(url: string, init: RequestInit, read: Reader<T>): Promise<Answer<T>> {
  const abort = new AbortController();
  const patience = setTimeout(() => abort.abort(), PATIENCE);
  try {
    const response = await fetch(url, { cache: "no-store", ...init, signal: abort.signal, credentials: "same-origin" });
    const body: unknown = await response.json();
    return readAnswer(body, read);
  } catch {
    throw new Unreachable();
  } finally {
    clearTimeout(patience);
  }
}
