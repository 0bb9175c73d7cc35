import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { heard } from "../src/store/hear";
import { share, withoutPoll, withPoll, withRunning } from "../src/store/polls";
import { newRoom } from "../src/store/room";
import type { Room } from "../src/wire";
import { readPoll, readPollList, type Poll } from "../src/wire.polls";

const golden = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../golden/${name}.json`, import.meta.url), "utf8"));

const open = readPoll(golden("poll"))!;
const closed = readPoll(golden("poll-closed"))!;

describe("polls on the wire", () => {
  it("are read as the hub sends them", () => {
    expect(open.options.map(({ votes }) => votes)).toEqual([null, null, null]);
    expect([open.multiple, open.results, open.isClosed, open.mine]).toEqual([true, "after_voting", false, undefined]);
    expect(closed.options.map(({ votes }) => votes)).toEqual([3, 2, 1]);
    const voted = readPoll((golden("poll-voted") as { data: unknown }).data)!;
    expect(voted.mine).toEqual([0, 2]);
    const ack = golden("join-ack") as { data: { polls: unknown } };
    expect(readPollList(ack.data)!.map(({ mine }) => mine)).toEqual([[]]);
    for (const odd of [null, 1, {}, { ...open, options: [1] }, { ...open, question: 1 }]) expect(readPoll(odd)).toBe(null);
  });
});

describe("the polls of a room", () => {
  const mine = { ...open, mine: [1] };
  const other: Poll = { ...open, id: "another" };

  it("keep what one has chosen when everybody is told", () => {
    expect(withPoll([mine], { ...open, voters: 9 })).toEqual([{ ...mine, voters: 9 }]);
    expect(withPoll([mine], closed)[0]).toMatchObject({ isClosed: true, mine: [1] });
    expect(withPoll([mine], { ...open, mine: [] })[0]!.mine).toEqual([]);
    expect(withPoll([], open)[0]!.mine).toEqual([]);
  });

  it("are those that a join tells, and closed ones that are still looked at", () => {
    const gone = { ...closed, mine: [] };
    expect(withRunning([gone, mine], [{ ...other, mine: [] }]).map(({ id, isClosed }) => [id, isClosed])).toEqual([
      [closed.id, true],
      ["another", false],
    ]);
    expect(withRunning([mine], [])).toEqual([]);
    expect(withoutPoll([gone], gone.id)).toEqual([]);
  });

  it("are heard where they concern the room", () => {
    const room = { ...newRoom("K7PMX3"), room: { id: open.roomId } as Room };
    const polls = (payload: unknown): number => heard(room, "poll", payload, 0, true).polls.length;
    expect([polls(open), polls({ ...open, roomId: null }), polls({ ...open, roomId: "other" }), polls(7)]).toEqual([1, 1, 0, 0]);
  });

  it("have shares that are whole percents", () => {
    expect([share(1, 3), share(2, 3), share(0, 0), share(3, 3)]).toEqual([33, 67, 0, 100]);
  });
});
