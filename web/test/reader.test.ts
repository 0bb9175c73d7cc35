// Far back in a room: a stretch away from the newest, and how it meets the log.

import { beforeEach, describe, expect, it } from "vitest";
import { Session } from "../src/client/session";
import { mapMemory } from "../src/client/storage";
import { shown } from "../src/store/past";
import { FakeHub } from "./fake-hub";
import { range, until } from "./kit";

let hub: FakeHub;
let me: Session;

const seqs = (): number[] => shown(me.state).messages.map(({ seq }) => seq);
const logged = (): number[] => me.state.log.messages.map(({ seq }) => seq);
const live = (): Promise<void> => until(() => expect(me.state.phase.name).toBe("live"));

/** Somebody in a room of forty messages, of which they have the last five. */
beforeEach(async () => {
  hub = new FakeHub();
  for (const n of range(1, 40)) hub.say("fox", `${n}`);
  let keys = 0;
  me = new Session(hub.room.code, {
    api: hub.api,
    connect: hub.connect,
    identity: hub.identity,
    memory: mapMemory(),
    newKey: () => `key-${(keys += 1)}`,
    now: () => Date.now(),
    wait: () => new Promise<void>((resolve) => setTimeout(resolve, 2)),
  }, () => undefined);
  void me.start();
  await live();
  expect(logged()).toEqual(range(36, 40));
});

describe("a place far back", () => {
  it("is shown with what stands around it, and more at both ends", async () => {
    await me.reader.goTo(20);
    expect(seqs()).toEqual(range(18, 22));
    expect(me.state.goal).toEqual({ seq: 20 });
    await me.reader.newer();
    await me.reader.older();
    expect(seqs()).toEqual(range(13, 26));
    expect(logged(), "the log is as it was").toEqual(range(36, 40));
  });

  it("is one with the log once they meet", async () => {
    await me.reader.goTo(28);
    await me.reader.newer();
    expect(me.state.past).not.toBeNull();
    hub.say("fox", "41");
    await me.reader.newer();
    expect(me.state.past).toBeNull();
    expect(logged()).toEqual(range(26, 41));
    expect(me.state.log.from).toBe(26);
    await me.reader.older();
    expect(logged()).toEqual(range(21, 41));
  });

  it("needs nothing fetched where it is here, and meets the log at once where it is near", async () => {
    await me.reader.goTo(37);
    expect([me.state.past, me.state.goal]).toEqual([null, { seq: 37 }]);
    await me.reader.goTo(34);
    expect([me.state.past, logged()]).toEqual([null, range(32, 40)]);
  });

  it("is left for the newest", async () => {
    await me.reader.goTo(10);
    hub.say("fox", "41");
    me.reader.toNewest();
    expect([seqs(), me.state.goal]).toEqual([range(36, 41), null]);
  });

  it("goes from one to the next", async () => {
    await me.reader.goTo(10);
    await me.reader.goTo(20);
    expect(seqs()).toEqual(range(18, 22));
    await me.reader.goTo(39);
    expect([seqs(), me.state.past]).toEqual([range(36, 40), null]);
  });

  it("begins where the room does, and stays what it is where messages are empty", async () => {
    await me.reader.goTo(2);
    expect(shown(me.state).from).toBe(1);
    await me.reader.older();
    expect(seqs()).toEqual(range(1, 4));
    // What stood in between is lost: nothing follows but the log.
    hub.messages = hub.messages.filter(({ seq }) => seq <= 4 || seq >= 36);
    await me.reader.newer();
    expect(me.state.past).toBeNull();
    expect(logged()).toEqual([...range(1, 4), ...range(36, 40)]);
  });

  it("meets the log also where nothing at all follows", async () => {
    await me.reader.goTo(2);
    hub.messages = hub.messages.filter(({ seq }) => seq <= 4);
    await me.reader.newer();
    expect([me.state.past, logged()]).toEqual([null, [...range(1, 4), ...range(36, 40)]]);
  });
});

describe("what goes on meanwhile", () => {
  it("comes into the log, in order, also over a lost network", async () => {
    await me.reader.goTo(10);
    hub.say("fox", "41");
    hub.cut();
    for (const n of range(42, 50)) hub.say("fox", `${n}`);
    hub.mend();
    await until(() => expect(logged()).toEqual(range(36, 50)));
    expect(hub.asked.joinRoom?.after, "from the newest on, not from what is shown").toBe(41);
    expect(seqs()).toEqual(range(8, 12));
  });

  it("is seen in both: reactions, and what is taken back", async () => {
    await me.reader.goTo(10);
    await me.acts.react(10, "👍", true);
    expect(shown(me.state).messages.find(({ seq }) => seq === 10)?.mine).toEqual(["👍"]);
    hub.takeBack(11);
    expect(shown(me.state).messages.find(({ seq }) => seq === 11)?.takenBack).toBe(true);
    // Also what was taken back while one was away, and what comes only now.
    hub.cut();
    hub.takeBack(12);
    hub.takeBack(13);
    hub.mend();
    await until(() => expect(shown(me.state).messages.find(({ seq }) => seq === 12)?.takenBack).toBe(true));
    await me.reader.newer();
    expect(shown(me.state).messages.find(({ seq }) => seq === 13)?.takenBack).toBe(true);
  });

  it("what is taken back while its page is on the way is not shown", async () => {
    const going = me.reader.goTo(10);
    hub.takeBack(10);
    await going;
    expect(shown(me.state).messages.find(({ seq }) => seq === 10)?.content).toBe("");
  });

  it("a hub that went on from a copy: what was shown counts no more", async () => {
    await me.reader.goTo(10);
    hub.cut();
    hub.epoch = "b";
    hub.messages = hub.messages.slice(0, 20);
    hub.mend();
    await until(() => expect(me.state.log.upTo).toBe(20));
    expect([me.state.past, me.state.goal]).toEqual([null, null]);
  });
});

describe("a network that fails on the way", () => {
  it("leaves one where one is, says why, and goes when asked again", async () => {
    await me.reader.goTo(20);
    hub.cut();
    await me.reader.goTo(5);
    expect(me.state.going).toEqual({ seq: 5, problem: "lost" });
    expect(seqs()).toEqual(range(18, 22));
    await me.reader.newer();
    await me.reader.older();
    expect([me.state.newer, me.state.older]).toEqual(["failed", "failed"]);
    hub.mend();
    await me.reader.newer();
    expect([me.state.newer, seqs()]).toEqual(["idle", range(18, 26)]);
    await me.reader.goTo(5);
    expect([me.state.going, seqs()]).toEqual([null, range(3, 7)]);
  });

  it("a page that comes when one is elsewhere is left out", async () => {
    await me.reader.goTo(20);
    const [older, newer] = [me.reader.older(), me.reader.newer()];
    me.reader.toNewest();
    await Promise.all([older, newer]);
    expect([seqs(), me.state.older, me.state.newer]).toEqual([range(36, 40), "idle", "idle"]);
    await me.reader.goTo(20);
    const there = me.reader.goTo(10);
    const late = me.reader.newer();
    await Promise.all([there, late]);
    expect([seqs(), me.state.newer]).toEqual([range(8, 12), "idle"]);
    me.reader.toNewest();
    const going = me.reader.goTo(5);
    me.reader.toNewest();
    await going;
    expect([seqs(), me.state.past]).toEqual([range(36, 40), null]);
  });
});
