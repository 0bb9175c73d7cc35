// What one writes, answers, takes back and reacts with: sent in order, once, whatever happens to the connection.

import { describe, expect, it, vi } from "vitest";
import { Keeper } from "../src/client/keeper";
import { isWritten, slowedFor } from "../src/store/room";
import { chatter, range, until } from "./kit";
import { contents, hub, memory, phase, visitor, waits } from "./visitor";

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
    waits.length = 0;
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
    waits.length = 0;
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
