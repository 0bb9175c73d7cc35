import { describe, expect, it } from "vitest";
import { Session } from "../src/client/session";
import { mapMemory, type Memory } from "../src/client/storage";
import { typists } from "../src/store/room";
import { FakeHub } from "./fake-hub";
import { chatter, until } from "./kit";

/** Somebody who is in the room. */
async function visitor(hub: FakeHub, memory: Memory): Promise<Session> {
  const { api, connect, identity } = hub;
  const wait = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 2));
  const around = { api, connect, identity, memory, newKey: () => "key", now: () => 1_000, wait };
  const session = new Session(hub.room.code, around, () => undefined);
  void session.start();
  await until(() => expect(session.state.phase.name).toBe("live"));
  return session;
}

describe("somebody whom one hid", () => {
  it("stays hidden over a reload, on this phone only, until they are shown again", async () => {
    const hub = new FakeHub();
    const memory = mapMemory();
    const me = await visitor(hub, memory);
    me.hide(chatter("owl"), true);
    expect([...me.state.hidden]).toEqual([["owl", "owl"]]);
    me.end();
    const again = await visitor(hub, memory);
    expect([...again.state.hidden]).toEqual([["owl", "owl"]]);
    expect((await visitor(hub, mapMemory())).state.hidden.size).toBe(0);
    again.hide(chatter("owl"), false);
    again.end();
    expect((await visitor(hub, memory)).state.hidden.size).toBe(0);
  });

  it("is no news, and is not seen to write", async () => {
    const hub = new FakeHub();
    const me = await visitor(hub, mapMemory());
    me.hide(chatter("owl"), true);
    me.watch(false);
    hub.say("owl", "boo");
    hub.emit("typing", { roomId: hub.room.id, chatterId: "owl", isTyping: true });
    expect(me.state.unreadFrom).toBeNull();
    expect(me.state.typing.size).toBe(1);
    expect(typists(me.state, 1_000)).toEqual([]);
    hub.say("fox", "hello");
    expect(me.state.unreadFrom).toBe(2);
    hub.emit("typing", { roomId: hub.room.id, chatterId: "fox", isTyping: true });
    expect(typists(me.state, 1_000)).toEqual(["fox"]);
    me.end();
  });
});
