// What the host does in a room, as its people see it.

import { describe, expect, it } from "vitest";
import { range, until } from "./kit";
import { contents, hub, phase, visitor } from "./visitor";

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
