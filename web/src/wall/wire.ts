// What a wall shows (`GET /api/walls/{code}`), read and checked as it comes in.

import { has, isObject, readList, readMessage, type Announced, type Message, type Reader, type Wifi } from "../wire";

export type View = "messages" | "questions" | "poll" | "off";

/** A message that was asked as a question. */
export type Question = Message & Required<Pick<Message, "question">>;

export interface Poll {
  id: string;
  question: string;
  /** `votes` is null while a wall, which has not voted, may not show them. */
  options: { text: string; votes: number | null }[];
  /** How many people have voted. */
  voters: number;
  isClosed: boolean;
}

export interface Notice {
  id: string;
  text: string;
}

/** Everything that is on a wall. It comes whole each time. */
export interface Wall {
  /** The hub's title. */
  hub: string;
  language: "ko" | "en";
  room: { code: string; title: string; present: number };
  view: View;
  /** The newest that are old enough, the oldest first. */
  messages: Message[];
  /** The questions with the most votes first; where the view is `questions`. */
  questions: Question[];
  /** The poll; where the view is `poll`, and one is there. */
  poll: Poll | null;
  announcements: Notice[];
  addresses: string[];
  announced: Pick<Announced, "state" | "name">;
  wifi: Wifi | null;
}

/** Why there is no wall. */
export type Why = "wall_closed" | "no_such_room" | "expired" | "banned";

const WHY: readonly string[] = ["wall_closed", "no_such_room", "expired", "banned"] satisfies Why[];

export type Told = { ok: true; wall: Wall } | { ok: false; why: Why };

/** An answer of the hub; `null` for what is not one, or for a refusal that passes by itself. */
export function readTold(body: unknown): Told | null {
  if (!isObject(body)) return null;
  if (body.success === true) {
    const wall = readWall(body.data);
    return wall && { ok: true, wall };
  }
  return typeof body.code === "string" && WHY.includes(body.code) ? { ok: false, why: body.code as Why } : null;
}

export const readWall: Reader<Wall> = (value) => {
  if (!isObject(value) || !has(value, { hub: "string" })) return null;
  const { room, view, announced, wifi } = value;
  const messages = readList(readMessage)(value.messages);
  const announcements = readList(readNotice)(value.announcements);
  const addresses = readList(readText)(value.addresses);
  if (!messages || !announcements || !addresses || !isObject(room)) return null;
  if (!has(room, { code: "string", title: "string", present: "number" })) return null;
  return {
    hub: value.hub as string,
    language: value.language === "ko" ? "ko" : "en",
    room: room as unknown as Wall["room"],
    // A view that only a newer page knows: how to join is always right.
    view: view === "messages" || view === "questions" || view === "poll" ? view : "off",
    messages,
    questions: (readList(readQuestion)(value.questions) ?? []).filter(({ takenBack }) => !takenBack),
    poll: readPoll(value.poll),
    announcements,
    addresses,
    announced: isObject(announced) ? (announced as unknown as Wall["announced"]) : { state: "off", name: null },
    wifi: isObject(wifi) && has(wifi, { ssid: "string", security: "string" }) ? readWifi(wifi) : null,
  };
};

const readText: Reader<string> = (value) => (typeof value === "string" ? value : null);

const readNotice: Reader<Notice> = (value) =>
  isObject(value) && has(value, { id: "string", text: "string" }) ? (value as unknown as Notice) : null;

const readWifi = ({ ssid, password, security }: Record<string, unknown>): Wifi => ({
  ssid: ssid as string,
  password: typeof password === "string" ? password : "",
  security: security as string,
});

const readQuestion: Reader<Question> = (value) => {
  const message = readMessage(value);
  const question = isObject(value) ? value.question : null;
  return message && isObject(question) && has(question, { votes: "number" }) ? (message as Question) : null;
};

const readOption: Reader<Poll["options"][number]> = (value) =>
  isObject(value) && has(value, { text: "string" })
    ? { text: value.text as string, votes: typeof value.votes === "number" ? value.votes : null }
    : null;

const readPoll: Reader<Poll> = (value) => {
  if (!isObject(value) || !has(value, { id: "string", question: "string", voters: "number" })) return null;
  const options = readList(readOption)(value.options);
  const { id, question, voters, isClosed } = value as Record<string, unknown> & Pick<Poll, "id" | "question" | "voters">;
  return options && { id, question, options, voters, isClosed: isClosed === true };
};
