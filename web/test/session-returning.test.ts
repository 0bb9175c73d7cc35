// A session that comes back: to much that was said meanwhile, to a hub that began again, or not at all.

import { describe, expect, it } from "vitest";
import { range, until } from "./kit";
import { contents, hub, phase, seqs, visitor } from "./visitor";

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

  it("learns at once that the host has dropped its question", async () => {
    const me = visitor();
    await phase(me, "live");
    hub.refuseNext.push({ code: "too_many_held" });
    me.say("why?");
    await until(() => expect(me.state.outbox).toMatchObject([{ state: "failed", problem: "too_many_held" }]));
    const { key } = me.state.outbox[0]!;
    const roomId = me.state.room!.id;
    hub.emit("questionDropped", { roomId, id: 7, key: "another" });
    hub.emit("questionDropped", { roomId: "another", id: 7, key });
    hub.emit("questionDropped", { roomId, id: 7 });
    expect(me.state.outbox).toMatchObject([{ problem: "too_many_held" }]);
    hub.emit("questionDropped", { roomId, id: 7, key });
    expect(me.state.outbox).toMatchObject([{ state: "failed", problem: "not_let_through" }]);
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
