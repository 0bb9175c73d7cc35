import { describe, expect, it } from "vitest";
import { Keeper, tidy, visits } from "../src/client/keeper";
import { mapMemory } from "../src/client/storage";

const one = (key: string, place: number, at = place) => ({ key, content: key, replyTo: null, mentions: [], place, at, state: "sending" as const, problem: null });

describe("what a browser keeps of a room", () => {
  it("is its own, whatever other tabs and rooms keep", () => {
    const memory = mapMemory();
    const tab = new Keeper(memory, "r");
    const other = new Keeper(memory, "r");
    tab.keepOutgoing(one("b", 2));
    other.keepOutgoing(one("a", 1));
    new Keeper(memory, "r2").keepOutgoing(one("c", 3));
    expect(tab.outbox().map((kept) => kept.key)).toEqual(["a", "b"]);
    other.dropOutgoing("a");
    expect(tab.outbox().map((kept) => kept.key)).toEqual(["b"]);
  });

  it("has what became of a message that was typed: one that has failed stays", () => {
    const keeper = new Keeper(mapMemory(), "r");
    const [sent, dropped] = [one("a", 1), one("b", 2)];
    keeper.keepOutgoing(sent);
    keeper.keepOutgoing(dropped);
    keeper.keepChanged([sent, dropped], [{ ...dropped, state: "failed", problem: "not_let_through" }]);
    expect(keeper.outbox().map(({ key, state, problem }) => [key, state, problem])).toEqual([["b", "failed", "not_let_through"]]);
  });

  it("stands in the order in which it was written, also when the clock was set back", () => {
    const memory = mapMemory();
    const keeper = new Keeper(memory, "r");
    for (const written of [one("c", 3, 200), one("a", 1, 900), one("b", 2, 100)]) keeper.keepOutgoing(written);
    expect(keeper.outbox().map((kept) => kept.key)).toEqual(["a", "b", "c"]);
    expect(keeper.lastPlace).toBe(3);
  });

  it("is read as an earlier version of the page kept it, and comes first", () => {
    const memory = mapMemory();
    const keeper = new Keeper(memory, "r");
    keeper.keepOutgoing(one("new", 1, 0));
    for (const at of [9, 3]) {
      const kept = { content: `old ${at}`, at, state: "sending", problem: null };
      memory.set(`cola.out.r.k${at}`, JSON.stringify(kept));
    }
    expect(keeper.outbox().map((kept) => kept.content)).toEqual(["old 3", "old 9", "new"]);
  });

  it("are those whom one hid, until one shows them or is away for a week", () => {
    const memory = mapMemory();
    const hidden = new Map([["owl", "졸린 부엉이"]]);
    new Keeper(memory, "r").hidden = hidden;
    expect(new Keeper(memory, "r").hidden).toEqual(hidden);
    expect(new Keeper(memory, "r2").hidden.size).toBe(0);
    tidy(memory, Date.now());
    expect(new Keeper(memory, "r").hidden).toEqual(hidden);
    tidy(memory, Date.now() + 8 * 24 * 3600_000);
    expect(new Keeper(memory, "r").hidden.size).toBe(0);
    for (const kept of ["{", '{"people":3}', '{"people":[3,["a"],[4,"b"]]}']) {
      memory.set("cola.hidden.r", kept);
      expect([...new Keeper(memory, "r").hidden.keys()], kept).toEqual(kept.includes("[4") ? ["a"] : []);
    }
    new Keeper(memory, "r").hidden = new Map();
    expect(memory.keys()).toEqual([]);
  });

  it("says when each room was last read in", () => {
    const memory = mapMemory();
    new Keeper(memory, "r.1").read = 3;
    new Keeper(memory, "r2").draft = "x";
    memory.set("cola.read.r3", "{");
    expect([...visits(memory).keys()]).toEqual(["r.1"]);
    expect(visits(memory).get("r.1")).toBeGreaterThan(Date.now() - 60_000);
  });

  it("is not trusted: what cannot be read is nothing", () => {
    const memory = mapMemory(
      new Map([
        ["cola.out.r.x", "{"],
        ["cola.out.r.y", "3"],
        ["cola.read.r", "null"],
        ["cola.draft.r", "[]"],
      ]),
    );
    const keeper = new Keeper(memory, "r");
    expect(keeper.outbox()).toEqual([]);
    expect(keeper.read).toBeNull();
    expect(keeper.draft).toBe("");
  });

  it("is forgotten after a week, and nothing else is", () => {
    const memory = mapMemory();
    new Keeper(memory, "old").draft = "x";
    memory.set("cola.language", "ko");
    tidy(memory, Date.now() + 6 * 24 * 3600_000);
    expect(memory.keys()).toHaveLength(2);
    tidy(memory, Date.now() + 8 * 24 * 3600_000);
    expect(memory.keys()).toEqual(["cola.language"]);
  });
});
