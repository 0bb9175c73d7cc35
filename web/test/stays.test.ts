import { describe, expect, it } from "vitest";
import { open as openLog, emptyLog } from "../src/store/log";
import { newRoom, type RoomState } from "../src/store/room";
import { newIn, sameStays, stayOf } from "../src/store/stays";
import { alerted, chatter, said } from "./kit";

const messages = [
  said(1, "fox"),
  said(2, "fox"),
  { ...said(3, "fox"), mentions: ["me"] },
  said(4, "me"),
  alerted(5, "owl", { kind: "left", count: 1 }),
  { ...said(6, "owl"), mentions: ["owl"] },
  { ...said(7, "ad"), mentions: ["me"] },
];

const state = (patch: Partial<RoomState> = {}): RoomState => ({
  ...newRoom("ROOMAX"),
  me: chatter("me"),
  present: 3,
  log: openLog(emptyLog, messages, 7, false, 1),
  hidden: new Map([["ad", "ad"]]),
  unreadFrom: 2,
  ...patch,
});

describe("a room one is in", () => {
  it("has what others said since one looked, and what names one; neither notices nor those who are hidden", () => {
    expect(stayOf(state(), false)).toEqual({ present: 3, fresh: 3, named: 1 });
    expect(stayOf(state({ unreadFrom: 4 }), false)).toEqual({ present: 3, fresh: 1, named: 0 });
  });

  it("has nothing new while one looks at it, or has read it", () => {
    expect(stayOf(state(), true)).toMatchObject({ fresh: 0, named: 0 });
    expect(stayOf(state({ unreadFrom: null }), false)).toMatchObject({ fresh: 0, named: 0 });
  });

  it("is the same as before while nothing of that changes", () => {
    const stays = (fresh: number) => new Map([["a", { present: 1, fresh, named: 0 }]]);
    expect(sameStays(stays(1), stays(1))).toBe(true);
    expect(sameStays(stays(1), stays(2))).toBe(false);
    expect(sameStays(stays(1), new Map())).toBe(false);
    expect(sameStays(stays(1), new Map([["b", stays(1).get("a")!]]))).toBe(false);
  });
});

it("the tab counts all that is new while nobody looks, else only what names one", () => {
  const stays = [
    { present: 1, fresh: 3, named: 1 },
    { present: 1, fresh: 2, named: 0 },
  ];
  expect([newIn(stays, false), newIn(stays, true)]).toEqual([5, 1]);
});
