import { beforeEach, describe, expect, it } from "vitest";
import { Rooms } from "../src/client/rooms";
import type { Session } from "../src/client/session";
import { mapMemory, type Memory } from "../src/client/storage";
import { FakeHub } from "./fake-hub";
import { chatter, said, until } from "./kit";

/** Each room is a hub of its own here: what they share is tested in `channel.test.ts`. */
let hubs: Map<string, FakeHub>;
let tab: Memory;
let memory: Memory;
let gone: string[];

const CODES = Array.from({ length: 14 }, (_, n) => `ROOM${String.fromCharCode(65 + n)}X`);

function page(): Rooms {
  const of = (id: string): FakeHub => [...hubs.values()].find(({ room }) => room.id === id)!;
  const any = hubs.values().next().value!;
  const api = {
    roomByCode: (code: string) => hubs.get(code)!.api.roomByCode(code),
    before: (id: string, seq: number) => of(id).api.before(id, seq),
    after: (id: string, seq: number) => of(id).api.after(id, seq),
  };
  let keys = 0;
  const around = {
    api: api as typeof any.api,
    connect: ((room, events) => of(room.id).connect(room, events)) as typeof any.connect,
    identity: any.identity,
    memory,
    newKey: () => `key-${(keys += 1)}`,
    now: () => Date.now(),
    wait: () => new Promise<void>((resolve) => setTimeout(resolve, 2)),
  };
  const events = { changed: () => undefined, gone: (session: Session) => void gone.push(session.state.code) };
  return new Rooms(around, tab, events);
}

const hub = (n: number): FakeHub => hubs.get(CODES[n]!)!;
const live = (...sessions: Session[]) =>
  until(() => expect(sessions.map(({ state }) => state.phase.name)).toEqual(sessions.map(() => "live")));
const says = (n: number, content: string, mentions: string[] = []): void => {
  const { messages, room } = hub(n);
  const message = { ...said(messages.length + 1, "fox", content), roomId: room.id, mentions };
  messages.push(message);
  hub(n).emit("sendMessage", message);
};

beforeEach(() => {
  hubs = new Map(
    CODES.map((code) => {
      const made = new FakeHub();
      made.room = { ...made.room, code, id: `id-${code}` };
      return [code, made];
    }),
  );
  [tab, memory, gone] = [mapMemory(), mapMemory(), []];
});

describe("a room behind another", () => {
  it("goes on, with its outbox and what is new", async () => {
    const rooms = page();
    const first = rooms.show(CODES[0]!);
    await live(first);
    rooms.hide(first);
    const second = rooms.show(CODES[1]!);
    await live(first, second);
    says(0, "one");
    says(0, "@me two", [chatter("me").id]);
    says(1, "read at once");
    expect(rooms.stays().get(hub(0).room.id)).toEqual({ present: 1, fresh: 2, named: 1 });
    expect(rooms.stays().get(hub(1).room.id)).toEqual({ present: 1, fresh: 0, named: 0 });
    hub(0).cut();
    first.say("kept");
    hub(0).mend();
    await until(() => expect(hub(0).messages.map(({ content }) => content)).toContain("kept"));
    rooms.hide(second);
    expect(rooms.show(CODES[0]!)).toBe(first);
    expect(hub(0).joins, "it never left").toBe(2);
    expect(gone).toEqual([]);
  });

  it("that the host took one out of is gone into again only by who wants it", async () => {
    const rooms = page();
    const first = rooms.show(CODES[0]!);
    await live(first);
    rooms.hide(first);
    hub(0).emit("roomClosed", { roomId: hub(0).room.id, reason: "kicked" });
    expect(rooms.stays().size).toBe(0);
    expect(rooms.show(CODES[0]!)).toBe(first);
    expect(first.state.closed).toBe("kicked");
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(hub(0).joins).toBe(1);
    first.again();
    await until(() => expect([hub(0).joins, first.state.closed]).toEqual([2, null]));
  });

  it("keeps no more of a busy one than one reads at once", async () => {
    const rooms = page();
    const first = rooms.show(CODES[0]!);
    await live(first);
    rooms.hide(first);
    for (let n = 1; n <= 1_100; n += 1) says(0, `${n}`);
    expect(first.state.log.messages.length).toBe(600);
    expect([first.state.unreadFrom, first.state.log.upTo]).toEqual([1, 1_100]);
  });

  it("that one was never in is given up", async () => {
    const rooms = page();
    hub(0).password = "secret";
    const first = rooms.show(CODES[0]!);
    await until(() => expect(first.state.phase.name).toBe("locked"));
    rooms.hide(first);
    hub(1).isFull = true;
    const second = rooms.show(CODES[1]!);
    await until(() => expect(second.state.phase.name).toBe("waiting"));
    rooms.hide(second);
    rooms.hide(rooms.show(CODES[2]!));
    expect(gone).toEqual([CODES[0], CODES[1], CODES[2]]);
    expect([hub(0).connected, hub(1).connected]).toEqual([0, 0]);
  });

  it("is left only when one says so", async () => {
    const rooms = page();
    const first = rooms.show(CODES[0]!);
    await live(first);
    rooms.leave(first);
    await until(() => expect([hub(0).left, hub(0).connected]).toEqual([1, 0]));
    expect(rooms.stays().size).toBe(0);
    expect(tab.keys()).toEqual([]);
  });

  it("makes place where one is in too many, the one of longest ago first", async () => {
    const rooms = page();
    for (const code of CODES) {
      const session = rooms.show(code);
      await live(session);
      rooms.hide(session);
    }
    expect(gone).toEqual(CODES.slice(0, 2));
    hub(0).refuseNext = [{ code: "too_many_yours" }];
    const again = rooms.show(CODES[0]!);
    await live(again);
    expect(gone.length, "the hub allows no more in one channel").toBe(4);
  });
});

describe("after a reload", () => {
  it("one is in all rooms again, the one on the screen first", async () => {
    const before = page();
    for (const code of CODES.slice(0, 3)) {
      const session = before.show(code);
      await live(session);
      before.hide(session);
    }
    for (const session of before.all()) session.end();
    const rooms = page();
    const shown = rooms.show(CODES[1]!);
    await live(shown);
    expect([hub(0).joins, hub(1).joins, hub(2).joins]).toEqual([1, 2, 1]);
    rooms.comeBack();
    await until(() => expect(rooms.stays().size).toBe(3));
    expect([hub(0).joins, hub(1).joins, hub(2).joins]).toEqual([2, 2, 2]);
  });

  it("a room that lets one in no more is forgotten without a word", async () => {
    const before = page();
    const session = before.show(CODES[0]!);
    await live(session);
    session.end();
    hub(0).refuseNext = [{ code: "banned" }];
    const rooms = page();
    rooms.comeBack();
    await until(() => expect(gone).toEqual([CODES[0]]));
    expect(tab.keys()).toEqual([]);
  });
});

it("a full room is tried when the lobby's list has a place", async () => {
  const rooms = page();
  hub(0).isFull = true;
  hub(0).room = { ...hub(0).room, capacity: 1, present: 1 };
  const session = rooms.show(CODES[0]!);
  await until(() => expect(session.state.phase.name).toBe("waiting"));
  hub(0).isFull = false;
  rooms.listed([{ ...hub(0).room, present: 0 }]);
  await live(session);
});
