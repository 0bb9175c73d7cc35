import { beforeEach, describe, expect, it, vi } from "vitest";
import { Keeper, reads } from "../src/client/keeper";
import { Session } from "../src/client/session";
import { isWritten, slowedFor, type RoomState } from "../src/store/room";
import { mapMemory, type Memory } from "../src/client/storage";
import { FakeHub } from "./fake-hub";
import { chatter, range, until } from "./kit";

let hub: FakeHub;
let memory: Memory;
let keys = 0;
/** How long was waited, in ms. */
let waits: number[] = [];
/** Whether what is waited for never comes. */
let held = false;

beforeEach(() => {
  hub = new FakeHub();
  memory = mapMemory();
  waits = [];
  held = false;
});

/** Somebody who opens the room's link. */
function visitor(code = hub.room.code, onChange: (state: RoomState) => void = () => undefined): Session {
  const around = {
    api: hub.api,
    connect: hub.connect,
    identity: hub.identity,
    memory,
    newKey: () => `key-${(keys += 1)}`,
    now: () => Date.now(),
    // Waiting takes no time here; only its order counts.
    wait: (ms: number) => {
      waits.push(ms);
      return new Promise<void>((resolve) => void (held || setTimeout(resolve, 2)));
    },
  };
  const session = new Session(code, around, onChange);
  void session.start();
  return session;
}

const phase = (session: Session, name: string) => until(() => expect(session.state.phase.name).toBe(name));
const seqs = (session: Session) => session.state.log.messages.map((message) => message.seq);
const contents = (session: Session) => session.state.log.messages.map((message) => message.content);

describe("entering", () => {
  it("shows the newest page and gets the older ones on request", async () => {
    for (const n of range(1, 12)) hub.say("fox", `${n}`);
    const me = visitor();
    await phase(me, "live");
    expect(seqs(me)).toEqual(range(8, 12));
    await me.reader.older();
    expect(seqs(me)).toEqual(range(3, 12));
  });

  it("says that there is no such room", async () => {
    const me = visitor("NOSUCH");
    await phase(me, "refused");
  });

  it("waits for a hub that is not there yet", async () => {
    hub.up = false;
    const me = visitor();
    await phase(me, "retrying");
    hub.mend();
    await phase(me, "live");
  });

  it("asks for a password once it is wanted, and again when it was wrong", async () => {
    hub.password = "1234";
    const me = visitor();
    await phase(me, "locked");
    expect(me.state.phase).toMatchObject({ problem: null });
    expect(hub.connected, "nobody holds a place while they think").toBe(0);
    me.unlock("0000");
    await until(() => expect(me.state.phase).toMatchObject({ name: "locked", problem: "wrong_password" }));
    me.unlock("1234");
    await phase(me, "live");
  });

  it("takes a token before it joins where the browser keeps no cookies, so that one person comes in once", async () => {
    hub.cookies = "blocked";
    hub.up = false;
    const me = visitor();
    await phase(me, "retrying");
    hub.mend();
    await phase(me, "live");
    expect([hub.tokens, hub.joins]).toEqual([1, 1]);
    hub.cut();
    hub.mend();
    await until(() => expect(hub.joins).toBe(2));
    expect(hub.tokens).toBe(1);
  });

  it("takes a token once it turns out that the cookie gets lost", async () => {
    hub.cookies = "lost";
    const me = visitor();
    await phase(me, "live");
    expect([hub.tokens, hub.joins]).toEqual([1, 2]);
  });

  it("does so once, and says what is wrong where that does not help", async () => {
    hub.cookies = "lost";
    hub.knowsTokens = false;
    const me = visitor();
    await phase(me, "refused");
    expect(me.state.phase).toMatchObject({ code: "not_joined" });
    expect([hub.tokens, hub.joins]).toEqual([1, 2]);
    hub.knowsTokens = true;
    me.again();
    await phase(me, "live");
  });

  it.each(["too_fast", "hub_full", "unavailable"] as const)(
    "waits and tries again by itself when it cannot join just now: %s",
    async (code) => {
      hub.refuseNext.push({ code, retryAfter: 5 }, { code, retryAfter: 5 });
      const me = visitor();
      await phase(me, "live");
      expect(hub.joins).toBe(1);
      expect(waits.filter((ms) => ms >= 5_000 && ms <= 6_250).length, `${waits}`).toBe(2);
    },
  );

  describe("a full room", () => {
    const fill = (): void => {
      hub.room = { ...hub.room, capacity: 2, present: 2 };
      hub.isFull = true;
    };
    const empty = (): void => {
      hub.room = { ...hub.room, present: 1 };
      hub.isFull = false;
    };

    it("is waited for without a connection, and gone into once there is a place", async () => {
      fill();
      const me = visitor();
      await phase(me, "waiting");
      expect(hub.connected).toBe(0);
      await until(() => expect(waits.length).toBeGreaterThan(4));
      expect(hub.joins, "looked at, not joined").toBe(1);
      expect(waits[1]).toBeGreaterThanOrEqual(4_000);
      empty();
      await phase(me, "live");
      expect(hub.joins).toBe(2);
    });

    it("is tried again at once when somebody looks, and when the list has a place", async () => {
      fill();
      held = true;
      const me = visitor();
      await phase(me, "waiting");
      me.wake();
      await until(() => expect(hub.joins).toBe(2));
      await phase(me, "waiting");
      empty();
      me.hasPlace();
      await phase(me, "live");
    });

    it("is given up by who leaves", async () => {
      fill();
      const me = visitor();
      await phase(me, "waiting");
      me.end();
      const before = waits.length;
      empty();
      await new Promise((resolve) => setTimeout(resolve, 30));
      expect([hub.joins, waits.length - before <= 1, hub.connected]).toEqual([1, true, 0]);
    });

    it("is told to who was in it before, and keeps what they wrote", async () => {
      hub.say("fox", "1");
      const me = visitor();
      await phase(me, "live");
      hub.cut();
      me.say("kept");
      fill();
      hub.mend();
      await phase(me, "waiting");
      expect(contents(me)).toEqual(["1"]);
      empty();
      await until(() => expect(contents(me)).toEqual(["1", "kept"]));
    });
  });

  it("draws the line where one stopped reading", async () => {
    for (const n of range(1, 3)) hub.say("fox", `${n}`);
    const first = visitor();
    await phase(first, "live");
    first.read(3);
    first.end();
    hub.say("owl", "new");
    const again = visitor();
    await phase(again, "live");
    expect(again.state.unreadFrom).toBe(4);
  });

  it("opens with everything that is unread, and with something before it", async () => {
    for (const n of range(1, 20)) hub.say("fox", `${n}`);
    const first = visitor();
    await phase(first, "live");
    first.read(20);
    first.end();
    for (const n of range(21, 80)) hub.say("owl", `${n}`);
    const again = visitor();
    await phase(again, "live");
    expect(again.state.unreadFrom).toBe(21);
    expect(again.state.log.from).toBeLessThan(21);
    expect(seqs(again)).toEqual(range(again.state.log.from, 80));
  });

  it("fetches no more for the line than a bounded number of pages", async () => {
    for (const n of range(1, 500)) hub.say("fox", `${n}`);
    new Keeper(memory, hub.room.id).read = 1;
    const me = visitor();
    await phase(me, "live");
    expect(seqs(me)).toEqual(range(401, 500));
    expect(me.state.unreadFrom).toBe(2);
  });
});

describe("what one has read", () => {
  it("is what was seen, and never less", async () => {
    for (const n of range(1, 5)) hub.say("fox", `${n}`);
    const me = visitor();
    await phase(me, "live");
    const kept = new Keeper(memory, hub.room.id);
    me.read(4);
    me.read(2);
    expect(kept.read).toBe(4);
  });

  it("is kept with when it was sent, be it a notice", async () => {
    hub.say("fox", "1");
    hub.say("fox", "fox left.");
    hub.messages[1] = { ...hub.messages[1]!, type: "ALERT", sentAt: "2024-09-25T03:00:00.000Z" };
    const me = visitor();
    await phase(me, "live");
    me.read(2);
    expect(reads(memory).get(hub.room.id)).toEqual({ seq: 2, sentAt: "2024-09-25T03:00:00.000Z" });
  });

  it("ends where one looked away, also before what came in while one looked", async () => {
    for (const n of range(1, 5)) hub.say("fox", `${n}`);
    const me = visitor();
    await phase(me, "live");
    me.read(3);
    me.watch(false);
    expect(me.state.unreadFrom).toBe(4);
    me.read(5);
    me.watch(true);
    me.watch(false);
    expect(me.state.unreadFrom).toBeNull();
    hub.say("owl", "6");
    expect(me.state.unreadFrom).toBe(6);
  });

  it("does not include what was said while the network was away", async () => {
    hub.say("fox", "1");
    const me = visitor();
    await phase(me, "live");
    me.read(1);
    hub.cut();
    for (const n of range(2, 9)) hub.say("fox", `${n}`);
    hub.mend();
    await until(() => expect(seqs(me)).toEqual(range(1, 9)));
    expect(me.state.unreadFrom).toBe(2);
  });
});

describe("the host's hand", () => {
  it("takes a message back before everybody's eyes, and before those who were away", async () => {
    for (const n of range(1, 4)) hub.say("fox", `${n}`);
    const me = visitor();
    await phase(me, "live");
    hub.takeBack(2);
    expect(contents(me)).toEqual(["1", "", "3", "4"]);
    expect(me.state.takenBack).toBe(1);
    hub.cut();
    hub.takeBack(3);
    hub.say("fox", "5");
    hub.takeBack(5);
    hub.mend();
    await phase(me, "live");
    await until(() => expect(contents(me)).toEqual(["1", "", "", "4", ""]));
  });

  it("takes back what was not acknowledged yet: it is not sent again", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.loseAcks = true;
    me.say("mine");
    await until(() => expect(hub.messages).toHaveLength(1));
    hub.takeBack(1);
    hub.cut();
    hub.loseAcks = false;
    hub.mend();
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(hub.messages).toHaveLength(1);
    expect(contents(me)).toEqual([""]);
  });

  it("shuts the door, and it is seen at once", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.emit("roomShut", { roomId: hub.room.id, isShut: true });
    expect(me.state.room?.isShut).toBe(true);
    hub.emit("roomShut", { roomId: "another", isShut: false });
    expect(me.state.room?.isShut).toBe(true);
  });

  it("changes the room, and that is seen at once", async () => {
    const me = visitor();
    await phase(me, "live");
    const edited = { title: "밤 모임", capacity: 2, isPassword: true };
    hub.emit("roomEdited", { roomId: "another", ...edited });
    expect(me.state.room?.title).not.toBe("밤 모임");
    hub.emit("roomEdited", { roomId: hub.room.id, ...edited });
    expect(me.state.room).toMatchObject(edited);
  });

  it("lets newcomers read from the beginning, and that is known at once", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.emit("roomHistory", { roomId: "another", history: "all" });
    expect(me.state.room?.history).not.toBe("all");
    hub.emit("roomHistory", { roomId: hub.room.id, history: "all" });
    expect(me.state.room?.history).toBe("all");
  });
});

describe("a hub that lost something", () => {
  it("went on from a copy: what is shown is what it has, also where the places are taken again", async () => {
    for (const n of range(1, 4)) hub.say("fox", `${n}`);
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    hub.messages = hub.messages.slice(0, 2);
    hub.epoch = "b";
    for (const text of ["new 3", "new 4", "new 5"]) hub.say("fox", text);
    hub.mend();
    await phase(me, "live");
    await until(() => expect(contents(me)).toEqual(["1", "2", "new 3", "new 4", "new 5"]));
    hub.cut();
    hub.say("fox", "6");
    hub.mend();
    await until(() => expect(contents(me)).toEqual(["1", "2", "new 3", "new 4", "new 5", "6"]));
  });

  it("and sends a message right behind the answer to the join: it is not taken for one of before", async () => {
    for (const n of range(1, 4)) hub.say("fox", `${n}`);
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    hub.messages = hub.messages.slice(0, 2);
    hub.epoch = "b";
    hub.onJoined = () => void (hub.joins === 2 && hub.say("fox", "new 3"));
    hub.mend();
    await phase(me, "live");
    await until(() => expect(contents(me)).toEqual(["1", "2", "new 3"]));
  });

  it("no longer keeps the beginning, and says so", async () => {
    for (const n of range(1, 12)) hub.say("fox", `${n}`);
    hub.pruned = 9;
    const me = visitor();
    await phase(me, "live");
    expect(seqs(me)).toEqual(range(10, 12));
    expect(me.state.pruned).toBe(true);
  });

  it("prunes while one reads: there is nothing older to ask for", async () => {
    for (const n of range(1, 12)) hub.say("fox", `${n}`);
    const me = visitor();
    await phase(me, "live");
    expect(me.state.pruned).toBe(false);
    hub.pruned = 10;
    await me.reader.older();
    expect(seqs(me)).toEqual(range(8, 12));
    expect(me.state.pruned).toBe(true);
    expect(me.state.log.from).toBe(me.state.log.firstSeq);
  });

  it("has a full disk: what one wrote is kept, with the reason, and goes out when one tries again", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.refuseNext = [{ code: "storage_full" }];
    me.say("a");
    await until(() => expect(me.state.outbox[0]?.problem).toBe("storage_full"));
    me.retry(me.state.outbox[0]!.key);
    await until(() => expect(contents(me)).toEqual(["a"]));
  });
});

describe("what one writes", () => {
  it("is sent in order and shown once", async () => {
    const me = visitor();
    await phase(me, "live");
    for (const text of ["a", "b", "c"]) me.say(text);
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(contents(me)).toEqual(["a", "b", "c"]);
    expect(memory.keys().filter((key) => key.startsWith("cola.out"))).toEqual([]);
  });

  it("waits while the network is away and goes out once, in order, when it is back", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    for (const text of ["a", "b", "c"]) me.say(text);
    hub.say("fox", "meanwhile");
    expect(me.state.outbox).toHaveLength(3);
    hub.mend();
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(contents(me)).toEqual(["meanwhile", "a", "b", "c"]);
  });

  it("is not doubled when only the acknowledgement was lost", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.loseAcks = true;
    me.say("once");
    await until(() => expect(hub.messages).toHaveLength(1));
    hub.loseAcks = false;
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(contents(me)).toEqual(["once"]);
    expect(hub.messages).toHaveLength(1);
  });

  it("survives a reload in mid-send, once", async () => {
    const before = visitor();
    await phase(before, "live");
    hub.loseAcks = true;
    before.say("a");
    before.say("b");
    await until(() => expect(hub.messages).toHaveLength(1));
    before.end();
    hub.loseAcks = false;
    const after = visitor();
    await until(() => expect(after.state.outbox).toEqual([]));
    await phase(after, "live");
    expect(contents(after)).toEqual(["a", "b"]);
  });

  it("is sent in the order in which it was written, whatever the clock says and whichever tab it was", async () => {
    const me = visitor();
    await phase(me, "live");
    const other = visitor();
    await phase(other, "live");
    hub.cut();
    const clock = vi.spyOn(Date, "now");
    for (const [hour, tab] of [me, other, me, other].entries()) {
      clock.mockReturnValue(1_000_000_000_000 - hour * 3_600_000);
      tab.say(`${hour}`);
    }
    clock.mockRestore();
    for (const tab of [me, other]) tab.end();
    hub.mend();
    const after = visitor();
    await until(() => expect(contents(after)).toEqual(["0", "1", "2", "3"]));
  });

  it("is in its new place after a reload when it was tried again", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.refuseNext.push({ code: "unavailable" }, { code: "unavailable" }, { code: "unavailable" });
    me.say("a");
    await until(() => expect(me.state.outbox[0]?.state).toBe("failed"));
    hub.cut();
    me.say("b");
    me.retry(me.state.outbox[0]!.key);
    me.end();
    const kept = new Keeper(memory, hub.room.id).outbox();
    expect(kept.map((one) => one.content)).toEqual(["b", "a"]);
  });

  it("waits out a hub that says too fast", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.refuseNext.push({ code: "too_fast", retryAfter: 1 });
    me.say("a");
    me.say("b");
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(contents(me)).toEqual(["a", "b"]);
  });

  it("paces itself without a word when the wait is short, and says so when it is long", async () => {
    const paced = new Set<boolean>();
    const me = visitor(hub.room.code, (state) => paced.add(state.paced));
    await phase(me, "live");
    waits = [];
    hub.refuseNext.push({ code: "too_fast", retryAfter: 1 }, { code: "too_fast", retryAfter: 2 });
    for (const n of range(1, 9)) me.say(`${n}`);
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(contents(me)).toEqual(range(1, 9).map(String));
    expect(waits).toEqual([1_000, 2_000]);
    expect([...paced]).toEqual([false]);

    hub.refuseNext.push({ code: "too_fast", retryAfter: 7 });
    me.say("10");
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(waits[2]).toBe(7_000);
    expect(paced).toContain(true);
    expect(me.state.paced).toBe(false);
  });

  it("waits for its turn in a slow room, and no longer than the room is slow", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.emit("roomMode", { roomId: hub.room.id, mode: "slow", every: 3_600 });
    me.say("a");
    me.say("b");
    await until(() => expect(contents(me)).toEqual(["a"]));
    const looks = waits.length;
    await until(() => expect(waits.length).toBeGreaterThan(looks + 3));
    expect(me.state.outbox).toMatchObject([{ content: "b", state: "sending" }]);
    expect(slowedFor(me.state, Date.now())).toBeGreaterThan(3_500_000);
    hub.emit("roomMode", { roomId: hub.room.id, mode: "open" });
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(contents(me)).toEqual(["a", "b"]);
  });

  it("waits no longer than a slow room says now, told at once or by the next join", async () => {
    const me = visitor();
    await phase(me, "live");
    const slow = (every: number) => hub.emit("roomMode", { roomId: hub.room.id, mode: "slow", every });
    slow(3_600);
    for (const text of ["a", "b", "c"]) me.say(text);
    await until(() => expect(contents(me)).toEqual(["a"]));
    slow(0);
    await until(() => expect(contents(me)).toEqual(["a", "b", "c"]));
    slow(3_600);
    for (const text of ["d", "e"]) me.say(text);
    await until(() => expect(contents(me)).toEqual(["a", "b", "c", "d"]));
    hub.room = { ...hub.room, mode: "open" };
    hub.cut();
    hub.mend();
    await until(() => expect(me.state.outbox).toEqual([]));
  });

  it("waits as long as the hub says, where it did not know of its turn", async () => {
    hub.room = { ...hub.room, mode: "slow", every: 30 };
    const me = visitor();
    await phase(me, "live");
    waits = [];
    hub.refuseNext.push({ code: "slow_mode", retryAfter: 1 });
    me.say("a");
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(waits.length).toBeGreaterThan(0);
    expect(contents(me)).toEqual(["a"]);
    expect(slowedFor(me.state, Date.now())).toBeGreaterThan(1_000);
  });

  it("keeps what a room for reading does not take, and knows what it is in", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.emit("roomMode", { roomId: "another", mode: "read_only" });
    expect(isWritten(me.state)).toBe(true);
    hub.emit("roomMode", { roomId: hub.room.id, mode: "read_only" });
    expect(isWritten(me.state)).toBe(false);
    hub.refuseNext.push({ code: "room_read_only" });
    me.say("a");
    await until(() => expect(me.state.outbox[0]).toMatchObject({ state: "failed", problem: "room_read_only" }));
  });

  it("says what could not be sent, and sends it when asked", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.refuseNext.push({ code: "unavailable" }, { code: "unavailable" }, { code: "unavailable" });
    me.say("a");
    await until(() => expect(me.state.outbox[0]).toMatchObject({ state: "failed", problem: "unavailable" }));
    me.retry(me.state.outbox[0]!.key);
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(contents(me)).toEqual(["a"]);
  });

  it("joins again when the hub has forgotten it, and loses nothing", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.refuseNext.push({ code: "not_joined" });
    me.say("a");
    await until(() => expect(me.state.outbox).toEqual([]));
    expect(hub.joins).toBe(2);
    expect(contents(me)).toEqual(["a"]);
  });
});

describe("coming back to much that was said meanwhile", () => {
  // The hub bounds what it gives at once in bytes: sometimes many messages, sometimes hardly any.
  it.each([0, 1, 3])("asks on until it has all, where %i came with the join", async (atOnce) => {
    hub.say("fox", "1");
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    for (const n of range(2, 30)) hub.say("fox", `${n}`);
    hub.missedMost = atOnce;
    hub.pageMost = 2;
    hub.mend();
    await phase(me, "live");
    await until(() => expect(seqs(me)).toEqual(range(1, 30)));
    expect(me.state.log.upTo).toBe(30);
  });

  it("has all of it in order also when more is said, or the network goes, while it asks", async () => {
    hub.say("fox", "1");
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    for (const n of range(2, 20)) hub.say("fox", `${n}`);
    [hub.missedMost, hub.pageMost] = [1, 2];
    hub.onPage = (page) => {
      if (page === 3) hub.say("owl", "21");
      if (page === 4) hub.cut();
      if (page === 5) hub.say("owl", "22");
    };
    hub.mend();
    await until(() => expect(hub.up).toBe(false));
    hub.mend();
    await until(() => expect(seqs(me)).toEqual(range(1, 22)));
  });
});

describe("coming back", () => {
  it("says that the hub is full while it is, and goes on when there is a place", async () => {
    const me = visitor();
    await phase(me, "live");
    me.say("kept");
    hub.turnAway("hub_full");
    await until(() => expect(me.state.phase).toEqual({ name: "retrying", refused: "hub_full" }));
    hub.cut();
    hub.mend();
    await phase(me, "live");
    await until(() => expect(contents(me)).toContain("kept"));
  });

  it("fills a long gap page by page while new messages come in", async () => {
    hub.say("fox", "0");
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    for (const n of range(1, 30)) hub.say("fox", `${n}`);
    hub.mend();
    hub.say("owl", "live");
    await until(() => expect(seqs(me)).toEqual(range(1, 32)));
  });

  it("asks for a message that a broadcast jumped over", async () => {
    const me = visitor();
    await phase(me, "live");
    const links = hub.emit;
    hub.emit = () => undefined;
    hub.say("fox", "lost");
    hub.emit = links;
    hub.say("fox", "next");
    await until(() => expect(contents(me)).toEqual(["lost", "next"]));
  });

  it("starts over when the hub did", async () => {
    for (const n of range(1, 5)) hub.say("fox", `${n}`);
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    hub.messages = [];
    hub.say("owl", "a new beginning");
    hub.mend();
    await until(() => expect(contents(me)).toEqual(["a new beginning"]));
  });

  it("knows that the host took this person out", async () => {
    hub.say("fox", "a");
    const me = visitor();
    await phase(me, "live");
    hub.emit("roomClosed", { roomId: "another", reason: "deleted" });
    expect(me.state.closed).toBe(null);
    hub.emit("roomClosed", { roomId: hub.room.id, reason: "kicked" });
    expect(me.state.closed).toBe("kicked");
    expect(hub.connected, "nobody holds a place to read what is over").toBe(0);
    expect(contents(me)).toEqual(["a"]);
  });

  it("comes back only when the person wants to", async () => {
    hub.say("fox", "a");
    const me = visitor();
    await phase(me, "live");
    hub.emit("roomClosed", { roomId: hub.room.id, reason: "kicked" });
    me.wake();
    me.watch(false);
    me.watch(true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([hub.joins, hub.connected]).toEqual([1, 0]);
    me.again();
    await until(() => expect(me.state.closed).toBe(null));
    await phase(me, "live");
    expect(hub.joins).toBe(2);
  });

  it("keeps a message that was on its way when the host took this person out, and stays out", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.refuseNext.push({ code: "not_joined" });
    me.say("too late");
    hub.emit("roomClosed", { roomId: hub.room.id, reason: "kicked" });
    await until(() => expect(me.state.outbox).toMatchObject([{ state: "failed", problem: "not_joined" }]));
    expect([hub.joins, hub.connected]).toEqual([1, 0]);
    me.again();
    await until(() => expect(me.state.closed).toBe(null));
    me.retry(me.state.outbox[0]!.key);
    await until(() => expect(contents(me)).toEqual(["too late"]));
  });

  it.each([
    ["no_such_room", "expired"],
    ["expired", "expired"],
    ["banned", "banned"],
  ] as const)("is over for who comes back and is refused as %s", async (code, closed) => {
    hub.say("fox", "a");
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    hub.refuseNext.push({ code });
    hub.mend();
    await until(() => expect(me.state.closed).toBe(closed));
    expect(contents(me)).toEqual(["a"]);
    expect(hub.connected).toBe(0);
  });

  it("knows whether the host has muted this person, and keeps what is refused for that", async () => {
    const me = visitor();
    await phase(me, "live");
    expect(me.state.muted).toBe(null);
    hub.emit("muted", { until: null });
    expect(me.state.muted).toEqual({ until: null });
    hub.refuseNext.push({ code: "muted", retryAfter: 60 });
    me.say("not now");
    await until(() => expect(me.state.outbox).toMatchObject([{ state: "failed", problem: "muted" }]));
    hub.emit("unmuted", {});
    expect(me.state.muted).toBe(null);
    me.retry(me.state.outbox[0]!.key);
    await until(() => expect(contents(me)).toEqual(["not now"]));
    hub.muted = { until: "2024-09-25T02:30:00.000Z" };
    hub.cut();
    hub.mend();
    await until(() => expect(me.state.muted).toEqual(hub.muted));
    // The mute has ended while the connection was lost.
    hub.muted = undefined;
    hub.cut();
    hub.mend();
    await until(() => expect(me.state.muted).toBe(null));
  });

  it("shows nothing any more of a room that was deleted", async () => {
    hub.say("fox", "a");
    const me = visitor();
    await phase(me, "live");
    hub.emit("roomClosed", { roomId: hub.room.id, reason: "deleted" });
    expect(me.state.closed).toBe("deleted");
    expect(contents(me)).toEqual([]);
  });

  it("stays readable when the room closed", async () => {
    hub.say("fox", "a");
    const me = visitor();
    await phase(me, "live");
    hub.emit("roomClosed", { roomId: hub.room.id, reason: "expired" });
    expect(me.state.closed).toBe("expired");
    expect(contents(me)).toEqual(["a"]);
  });

  it("says that what was on its way when the room closed was too late", async () => {
    hub.say("fox", "a");
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    me.say("too late");
    hub.refuseNext.push({ code: "expired" });
    hub.mend();
    await phase(me, "live");
    expect(me.state.closed).toBe("expired");
    expect(contents(me)).toEqual(["a"]);
    expect(me.state.outbox).toMatchObject([{ content: "too late", state: "failed", problem: "expired" }]);
    expect(hub.connected).toBe(0);
  });
});

describe("answers, reactions and taking back", () => {
  it("a reaction whose answer got lost is made again, over a connection that answers", async () => {
    hub.say("fox", "who is there?");
    const me = visitor();
    await phase(me, "live");
    hub.loseAcks = true;
    await me.acts.react(1, "👍", true);
    hub.loseAcks = false;
    await until(() => expect(hub.reactions).toEqual(["👍 true", "👍 true"]));
    await phase(me, "live");
  });

  it("a reaction whose answer is missed only when there is another connection is made again, unless wished otherwise", async () => {
    hub.say("fox", "who is there?");
    const me = visitor();
    await phase(me, "live");
    // Heard of late: the room has been joined again before.
    hub.muffled = 2;
    const [heart, thumb] = [me.acts.react(1, "❤️", true), me.acts.react(1, "👍", true)];
    hub.cut();
    hub.mend();
    await phase(me, "live");
    await me.acts.react(1, "👍", false);
    hub.giveUp();
    await Promise.all([heart, thumb]);
    expect(hub.reactions).toEqual(["👍 false", "❤️ true"]);
  });

  it("sends what is answered and who is named, once", async () => {
    hub.say("fox", "who is there?");
    const me = visitor();
    await phase(me, "live");
    hub.emit("returnChatters", [chatter("fox", "여우"), chatter("cat", "고양이")]);
    me.answer(me.state.log.messages[0]!);
    me.say("@여우 me");
    await until(() => expect(hub.messages).toHaveLength(2));
    expect(hub.asked.sendMessage).toMatchObject({ replyTo: 1, mentions: ["fox"] });
    expect(me.state.answering).toBeNull();
    me.say("plain");
    await until(() => expect(hub.messages).toHaveLength(3));
    expect(hub.asked.sendMessage).not.toHaveProperty("replyTo");
    expect(hub.asked.sendMessage).not.toHaveProperty("mentions");
  });

  it("keeps what is answered over a reload, and sends it without where that is gone", async () => {
    hub.say("fox", "who is there?");
    const me = visitor();
    await phase(me, "live");
    hub.refuseNext = [{ code: "no_such_message" }];
    me.answer(me.state.log.messages[0]!);
    me.say("me");
    await until(() => expect(me.state.outbox[0]?.problem).toBe("no_such_message"));
    const again = visitor();
    await phase(again, "live");
    expect(again.state.outbox[0]?.replyTo).toMatchObject({ seq: 1, nickname: "fox", excerpt: "who is there?" });
    again.retry(again.state.outbox[0]!.key);
    await until(() => expect(hub.messages).toHaveLength(2));
    expect(hub.asked.sendMessage).not.toHaveProperty("replyTo");
  });

  it("reacts, hears of reactions, and after a loss asks for those since", async () => {
    hub.say("fox", "coffee");
    const me = visitor();
    await phase(me, "live");
    const shown = () => me.state.log.messages[0]!;
    expect(await me.acts.react(1, "👍", true)).toBeNull();
    expect(shown()).toMatchObject({ reactions: { "👍": 1 }, mine: ["👍"] });
    hub.emit("reactions", { roomId: hub.room.id, seq: 1, reactions: { "👍": 2 }, at: 90 });
    hub.emit("reactions", { roomId: "another", seq: 1, reactions: { "👍": 9 }, at: 91 });
    expect(shown()).toMatchObject({ reactions: { "👍": 2 }, mine: ["👍"] });
    hub.cut();
    hub.reacted = [{ seq: 1, reactions: { "👍": 3 }, mine: ["👍"], at: 95 }];
    hub.mend();
    await phase(me, "live");
    await until(() => expect(shown()).toMatchObject({ reactions: { "👍": 3 } }));
    expect(hub.asked.joinRoom).toMatchObject({ after: 1, reactionsAfter: 91 });
  });

  it("reacts while the hub is gone as soon as it is back, once", async () => {
    hub.say("fox", "coffee");
    const me = visitor();
    await phase(me, "live");
    hub.cut();
    await me.acts.react(1, "👍", true);
    await me.acts.react(1, "👍", false);
    await me.acts.react(1, "🎉", true);
    expect(hub.asked.react).toBeUndefined();
    hub.mend();
    await phase(me, "live");
    await until(() => expect(hub.asked.react).toMatchObject({ emoji: "🎉", on: true }));
    expect(hub.reactions).toEqual(["👍 false", "🎉 true"]);
  });

  it("says why something could not be taken back", async () => {
    const me = visitor();
    await phase(me, "live");
    expect(await me.acts.takeBack(1)).toBeNull();
    hub.refuseNext = [{ code: "too_late" }];
    expect((await me.acts.takeBack(1))?.code).toBe("too_late");
  });
});
