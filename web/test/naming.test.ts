import { describe, expect, it } from "vitest";
import { candidates, insertName, namingAt } from "../src/store/naming";
import { newRoom, withRoster } from "../src/store/room";
import { chatter } from "./kit";

const crowd = ["졸린 여우", "여유로운 곰", "Calm Otter", "Calm Owl"].map((name, n) => chatter(`${n}`, name));
const room = withRoster({ ...newRoom("K7PMX3"), me: chatter("me", "Calm Fox") }, [chatter("me", "Calm Fox"), ...crowd]);
const offered = (text: string, state = room): string[] => {
  const naming = namingAt(text, text.length);
  return naming ? candidates(state, naming).map(({ nickname }) => nickname) : [];
};

describe("naming somebody", () => {
  it("begins behind an @ that stands by itself, wherever the caret is", () => {
    expect(namingAt("hello @ot", 9)).toEqual({ at: 6, start: "ot" });
    expect(namingAt("@", 1)).toEqual({ at: 0, start: "" });
    expect(namingAt("hello @ot now", 9)).toEqual({ at: 6, start: "ot" });
    expect(namingAt("me@example", 10)).toBeNull();
    expect(namingAt("@\nx", 3)).toBeNull();
    expect(namingAt(`@${"x".repeat(30)}`, 31)).toBeNull();
  });

  it("offers those whose name or a word of it begins so, but not oneself", () => {
    expect(offered("@")).toEqual(crowd.map((one) => one.nickname));
    expect(offered("@calm o")).toEqual(["Calm Otter", "Calm Owl"]);
    expect(offered("@여")).toEqual(["졸린 여우", "여유로운 곰"]);
    expect(offered("@fox")).toEqual([]);
    expect(offered("@Calm Owl ")).toEqual([]);
    expect(offered("@calm", { ...room, hidden: new Map([["2", "Calm Otter"]]) })).toEqual(["Calm Owl"]);
  });

  it("puts the whole name in, with one space behind it", () => {
    expect(insertName("hi @ot, all", 6, { at: 3, start: "ot" }, "Calm Otter")).toEqual(["hi @Calm Otter , all", 15]);
    expect(insertName("@o you", 2, { at: 0, start: "o" }, "Calm Owl")).toEqual(["@Calm Owl you", 10]);
  });
});
