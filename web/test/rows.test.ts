import { describe, expect, it } from "vitest";
import { group } from "../src/store/comings";
import { add } from "../src/store/outbox";
import { countNew, rows, type Row, type View } from "../src/store/rows";
import type { Message } from "../src/wire";
import { en } from "../src/words.en";
import { ko } from "../src/words.ko";
import { alerted, said } from "./kit";

function view(messages: Message[], more: Partial<View> = {}): View {
  return {
    messages,
    start: 0,
    end: messages.length,
    me: "me",
    hidden: new Map(),
    cameAt: null,
    whole: true,
    toNewest: true,
    outbox: [],
    settled: new Map(),
    echoed: null,
    unreadFrom: null,
    clockOffset: 0,
    ...more,
  };
}

const shape = (made: Row[]): string[] =>
  made.map((row) => {
    if (row.kind === "said")
      return `${row.mine ? "me" : row.message.chatterId}${row.first ? "!" : ""}${row.time === null ? "" : "@"}`;
    return row.kind === "outgoing" ? `out${row.first ? "!" : ""}` : row.kind;
  });

const joined = (seq: number, who: string, second = seq, count = 1) => alerted(seq, who, { kind: "joined", count }, second);
const left = (seq: number, who: string, second = seq, count = 1) => alerted(seq, who, { kind: "left", count }, second);

describe("rows", () => {
  it("join what one person says within minutes, with the time once", () => {
    const made = rows(view([said(1), said(2), said(3, "owl"), said(4), said(5, "fox", "", 500)]));
    expect(shape(made)).toEqual(["day", "fox!", "fox@", "owl!@", "fox!@", "fox!@"]);
  });

  it("begin a new day", () => {
    const made = rows(view([said(1), said(2, "fox", "", 30 * 3600)]));
    expect(shape(made)).toEqual(["day", "fox!@", "day", "fox!@"]);
  });

  it("draw the line above the first news, not above one's own words or comings and goings", () => {
    const messages = [said(1), alerted(2, "owl", { kind: "joined", count: 1 }), said(3, "me"), said(4, "owl")];
    expect(shape(rows(view(messages, { unreadFrom: 2 })))).toEqual(["day", "fox!@", "comings", "me!@", "new", "owl!@"]);
  });

  it("draw the line once, wherever the window is", () => {
    const messages = [1, 2, 3, 4].map((seq) => said(seq));
    expect(shape(rows(view(messages, { unreadFrom: 2, start: 3 })))).not.toContain("new");
    expect(shape(rows(view(messages, { unreadFrom: 4, start: 2 })))).toContain("new");
  });

  it("put what is still on its way below, and keep its key once it is sent", () => {
    const outbox = add(add([], "k1", "a", 0), "k2", "b", 1);
    const before = rows(view([said(1)], { outbox }));
    expect(before.map((row) => row.key)).toEqual(["d1", "m101", "k1", "k2"]);
    const settled = new Map([[102, "k1"]]);
    const after = rows(view([said(1), said(2, "me", "a")], { outbox: outbox.slice(1), settled }));
    expect(after.map((row) => row.key)).toEqual(["d1", "m101", "k1", "k2"]);
  });

  it("show one's own words once while the broadcast is ahead of the acknowledgement", () => {
    const outbox = add([], "k1", "a", 0);
    const made = rows(view([said(1, "me", "a")], { outbox, settled: new Map([[101, "k1"]]), echoed: "k1" }));
    expect(made.map((row) => row.key)).toEqual(["d1", "k1"]);
  });

  it("are right on a hub whose clock is years off", () => {
    const off = rows(view([said(1)], { clockOffset: 1000 * 24 * 3600_000 }));
    const right = rows(view([said(1)]));
    const time = (made: Row[]): number => (made[1] as { time: number }).time;
    expect(time(off) - time(right)).toBe(1000 * 24 * 3600_000);
  });

  it("say comings and goings in one quiet line, until somebody says something", () => {
    const messages = [joined(1, "a"), joined(2, "b"), left(3, "a"), said(4), joined(5, "c")];
    const made = rows(view(messages));
    expect(shape(made)).toEqual(["day", "comings", "fox!@", "comings"]);
    expect(made[1]).toMatchObject({ key: "n101", seq: 3, alerts: messages.slice(0, 3) });
  });

  it("say nothing of who was away for less than a minute, and join what they stood between", () => {
    const blink = [said(1), left(2, "owl"), said(3), joined(4, "owl", 61), said(5, "fox", "", 62)];
    expect(shape(rows(view(blink)))).toEqual(["day", "fox!", "fox", "fox@"]);
    expect(shape(rows(view(blink, { start: 2 })))).toEqual(["fox", "fox@"]);
    const away = [said(1), left(2, "owl"), joined(3, "owl", 62)];
    expect(shape(rows(view(away)))).toEqual(["day", "fox!@", "comings"]);
    expect(shape(rows(view(away.slice(0, 2))))).toEqual(["day", "fox!@", "comings"]);
  });

  const hidden = new Map([["owl", "owl"]]);

  it("show nothing of people who are hidden, and join what they stood between", () => {
    const messages = [said(1), said(2, "owl"), joined(3, "owl"), said(4), said(5, "owl"), said(6, "bat")];
    expect(shape(rows(view(messages, { hidden })))).toEqual(["day", "fox!", "fox@", "bat!@"]);
    expect(shape(rows(view(messages, { hidden, unreadFrom: 5 })))).toEqual(["day", "fox!", "fox@", "new", "bat!@"]);
    expect(shape(rows(view(messages, { hidden, start: 3, unreadFrom: 2 })))).toEqual(["new", "fox!@", "bat!@"]);
  });

  it("count as new what others said", () => {
    const messages = [said(1), said(2, "me"), alerted(3, "owl", { kind: "left", count: 1 }), said(4, "owl"), said(5)];
    expect(countNew(messages, 1, "me", new Map())).toBe(2);
    expect(countNew(messages, 1, "me", hidden)).toBe(1);
  });
});

describe("one's own name", () => {
  const cameAt = said(5).sentAt;
  const told = (messages: Message[], more: Partial<View> = {}) => shape(rows(view(messages, { cameAt, ...more })));

  it("is told once, where one came in, instead of the notice that tells the others", () => {
    const messages = [said(1), joined(2, "a"), joined(5, "me"), joined(6, "b"), said(7, "fox", "", 400)];
    expect(told(messages)).toEqual(["day", "fox!@", "comings", "me", "comings", "fox!@"]);
    expect(rows(view(messages, { cameAt })).find((row) => row.kind === "me")).toEqual({ kind: "me", key: "me", seq: 5 });
    expect(told(messages.slice(2))).toEqual(["day", "me", "comings", "fox!@"]);
  });

  it("is told in a crowd, whose comings are told together and later", () => {
    expect(told([said(1)])).toEqual(["day", "fox!@", "me"]);
    expect(told([said(1), said(6), joined(7, "a", 8, 10)])).toEqual(["day", "fox!@", "me", "fox!@", "comings"]);
    expect(told([joined(9, "me", 9, 10)])).toEqual(["day", "me", "comings"]);
    expect(told([])).toEqual(["me"]);
  });

  it("is told once also to who comes back", () => {
    const back = [joined(5, "me"), left(6, "me"), joined(7, "me", 20), said(8, "owl", "", 30)];
    expect(told(back)).toEqual(["day", "me", "owl!@"]);
    const later = [joined(5, "me"), said(6, "owl"), left(7, "me"), joined(8, "me", 200)];
    expect(told(later)).toEqual(["day", "me", "owl!@", "comings"]);
  });

  it("stands where one came in or nowhere", () => {
    expect(told([said(8), said(9)], { whole: false })).not.toContain("me");
    expect(told([joined(5, "me"), said(9)], { whole: false })).toEqual(["day", "me", "fox!@"]);
    const messages = [joined(5, "me"), said(6), said(7)];
    expect(told(messages, { start: 1 })).not.toContain("me");
    expect(told([said(1), said(2), said(6)], { end: 2 })).not.toContain("me");
    expect(told([said(1), said(2), said(6)], { start: 1 })).toEqual(["fox@", "me", "fox!@"]);
  });
});

describe("those who came and left", () => {
  const names = (messages: Message[]) => messages.map((message) => message.chatterId);

  it("are counted once each, with those of a crowd whose names are not told", () => {
    const run = [joined(1, "a"), joined(2, "b"), left(3, "a"), joined(4, "a"), joined(5, "c", 5, 10)];
    const came = group(run, "joined", "me");
    expect([names(came.named), came.count]).toEqual([["a", "b", "c"], 12]);
    const gone = group(run, "left", "me");
    expect([names(gone.named), gone.count]).toEqual([["a"], 1]);
  });

  it("are the others", () => {
    expect(group([joined(1, "me", 1, 10)], "joined", "me")).toEqual({ named: [], count: 9 });
  });
});

describe("in words", () => {
  it("comings and goings are counted, in both languages", () => {
    expect([en.comings(5, 2), en.comings(1, 1), en.comings(0, 3), en.comings(2, 0)]).toEqual([
      "5 people came in, 2 left",
      "1 person came in, 1 left",
      "3 people left",
      "2 people came in",
    ]);
    expect([ko.comings(5, 2), ko.comings(0, 3), ko.comings(2, 0)]).toEqual([
      "5명이 들어오고 2명이 나갔어요",
      "3명이 나갔어요",
      "2명이 들어왔어요",
    ]);
  });
});
