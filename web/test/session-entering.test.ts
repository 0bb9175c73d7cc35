// A session as somebody comes into a room, and what they have read of it.

import { describe, expect, it } from "vitest";
import { Keeper, reads } from "../src/client/keeper";
import { range, until } from "./kit";
import { contents, hold, hub, memory, phase, seqs, visitor, waits } from "./visitor";

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
      hold();
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
