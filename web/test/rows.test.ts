import { describe, expect, it } from "vitest";
import { add } from "../src/store/outbox";
import { countNew, rows, type Row, type View } from "../src/store/rows";
import type { Message } from "../src/wire";
import { alerted, said } from "./kit";

function view(messages: Message[], more: Partial<View> = {}): View {
  return {
    messages,
    start: 0,
    end: messages.length,
    me: "me",
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
    expect(shape(rows(view(messages, { unreadFrom: 2 })))).toEqual(["day", "fox!@", "notice", "me!@", "new", "owl!@"]);
  });

  it("draw the line once, wherever the window is", () => {
    const messages = [1, 2, 3, 4].map((seq) => said(seq));
    expect(shape(rows(view(messages, { unreadFrom: 2, start: 3 })))).not.toContain("new");
    expect(shape(rows(view(messages, { unreadFrom: 4, start: 2 })))).toContain("new");
  });

  it("say twenty comings in one quiet line", () => {
    const joined = (seq: number, who: string) => alerted(seq, who, { kind: "joined", count: 1 });
    const messages = [joined(1, "a"), joined(2, "b"), joined(3, "c"), alerted(4, "b", { kind: "left", count: 1 })];
    const made = rows(view(messages));
    expect(shape(made)).toEqual(["day", "notice", "notice"]);
    expect(made[1]).toMatchObject({ key: "n101", alerts: messages.slice(0, 3) });
  });

  it("keep one's own coming apart from the others'", () => {
    const messages = ["me", "a", "b", "me"].map((who, at) => alerted(at + 1, who, { kind: "joined", count: 1 }));
    expect(shape(rows(view(messages)))).toEqual(["day", "notice", "notice", "notice"]);
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

  it("count as new what others said", () => {
    const messages = [said(1), said(2, "me"), alerted(3, "owl", { kind: "left", count: 1 }), said(4, "owl"), said(5)];
    expect(countNew(messages, 1, "me")).toBe(2);
  });
});
