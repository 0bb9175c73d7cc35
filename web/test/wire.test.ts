import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  readAnnouncement,
  readAnnouncementGone,
  readAnswer,
  readChatter,
  readFound,
  readHello,
  readHub,
  readHubs,
  readJoinAck,
  readList,
  readMessage,
  readMuted,
  readPresence,
  readQuestionDropped,
  readQuestions,
  readRoom,
  readReacted,
  readRoomEdited,
  readRoomHistory,
  readRoomMode,
  readRoomShut,
  readSaid,
  readTakenBack,
  readUnread,
  type Reader,
} from "../src/wire";
import { readPoll } from "../src/wire.polls";

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));

const readers: Record<string, Reader<unknown>> = {
  room: readRoom,
  chatter: readChatter,
  message: readMessage,
  "alert-joined": readMessage,
  "alert-renamed": readMessage,
  "alert-announcement": readMessage,
  "message-of-the-host": readMessage,
  announcement: readAnnouncement,
  "announcement-gone": readAnnouncementGone,
  hello: readHello,
  hub: readHub,
  hubs: readHubs,
  unread: readUnread,
  presence: readPresence,
  "message-taken-back": readMessage,
  "message-answer": readMessage,
  "message-question": readMessage,
  questions: readQuestions,
  found: readFound,
  "room-shut": readRoomShut,
  "room-edited": readRoomEdited,
  "room-history": readRoomHistory,
  "room-mode": readRoomMode,
  "room-mode-members": readRoomMode,
  reactions: readReacted,
  "reactions-question": readReacted,
  muted: readMuted,
  "question-dropped": readQuestionDropped,
  "taken-back": readTakenBack,
  poll: readPoll,
  "poll-closed": readPoll,
};

/** A list is read as far as it can be; what is no list at all is refused. */
const lists = ["hubs"];

describe("the answer to a question that waits", () => {
  it("is told from that to a message", () => {
    const { data } = golden("ack-held") as { data: object };
    expect(readAnswer(golden("ack-held"), readSaid)).toEqual({ ok: true, data });
    expect("held" in readSaid(golden("message"))!).toBe(false);
  });
});

describe("the golden shapes", () => {
  it("all have a reader", () => {
    const names = readdirSync(new URL("../golden", import.meta.url)).map((file) => file.replace(".json", ""));
    const walls = ["wall", "wall-questions", "wall-poll"];
    expect(names.sort()).toEqual([...Object.keys(readers), "ack-held", "join-ack", "clock", "poll-voted", "texts", "error", ...walls].sort());
  });

  for (const [name, read] of Object.entries(readers)) {
    it(`${name} is read whole`, () => expect(read(golden(name))).toEqual(golden(name)));
    it(`${name} is refused when any needed field is of another type`, () => {
      expect(read(null)).toBeNull();
      if (!lists.includes(name)) expect(read([])).toBeNull();
      expect(read({})).toBeNull();
    });
  }

  it("a join's acknowledgement opens to the chatter, the room and what was missed", () => {
    const answer = readAnswer(golden("join-ack"), readJoinAck);
    if (!answer.ok) throw new Error("refused");
    expect(answer.data.nickname).toBe("배고픈 여우");
    expect(answer.data.room.code).toBe("K7PMX3");
    expect(answer.data.missed.map((message) => message.seq)).toEqual([3]);
    expect(answer.data.takenBack).toEqual([2]);
  });

  it("an error opens to its code and when to try again", () => {
    const answer = readAnswer(golden("error"), readChatter);
    expect(answer).toEqual({
      ok: false,
      refusal: { code: "too_fast", message: "너무 빠릅니다. 3초 뒤에 다시 해 주세요.", retryAfter: 3 },
    });
  });
});

describe("what is not from this hub", () => {
  it("counts as the hub being unavailable, and never throws", () => {
    for (const odd of [null, undefined, 7, "<html>", [], { success: true }, { success: true, data: 3 }]) {
      const answer = readAnswer(odd, readChatter);
      expect(answer.ok ? "" : answer.refusal.code).toBe("unavailable");
    }
  });

  it("keeps unknown fields and unknown codes from breaking anything", () => {
    expect(readChatter({ ...(golden("chatter") as object), mood: "good" })).toMatchObject({ mood: "good" });
    const answer = readAnswer({ success: false, code: "on_holiday" }, readChatter);
    expect(answer.ok ? "" : answer.refusal.code).toBe("unavailable");
  });

  it("one odd entry costs one entry", () => {
    expect(readList(readChatter)([golden("chatter"), { id: 3 }, null])).toHaveLength(1);
  });
});

it("a stranger's hub is linked only by a plain web address", () => {
  const hub = { id: "1", name: "camp", host: "camp.local" };
  const read = (url: string): unknown => readHubs([{ ...hub, url }]);
  expect(read("http://10.0.0.7:8080")).toHaveLength(1);
  expect(read("http://[fd00::7]")).toHaveLength(1);
  for (const bad of ["javascript:alert(1)", "http://10.0.0.7/path", "//evil", "http://evil.example"]) {
    expect(read(bad) ?? []).toHaveLength(0);
  }
});
