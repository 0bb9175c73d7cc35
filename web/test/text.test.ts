import { describe, expect, it } from "vitest";
import { cut, fold, graphemes, isolate, length, readCode } from "../src/store/text";

describe("characters", () => {
  it("are counted as people count them", () => {
    for (const [text, count] of [
      ["", 0],
      ["abc", 3],
      ["한국어", 3],
      ["👨‍👩‍👧‍👦", 1],
      ["🇰🇷", 1],
      ["👍🏽", 1],
      ["é", 1],
      ["a\r\nb", 3],
    ] as const) {
      expect(length(text), text).toBe(count);
    }
  });

  it("are never cut in half", () => {
    expect(cut("👨‍👩‍👧‍👦👍🏽x", 2)).toBe("👨‍👩‍👧‍👦👍🏽");
    expect(graphemes("ㅏ가")).toHaveLength(2);
  });
});

describe("names in sentences", () => {
  it("cannot turn the sentence around", () => {
    expect(isolate("\u202eevil\u2069")).toBe("\u2068evil\u2069");
  });
});

describe("codes", () => {
  it("are read as people type and paste them", () => {
    for (const typed of [
      "k7pmx3",
      " K7P MX3 ",
      "k7p-mx3",
      "http://192.168.4.1:8080/r/K7PMX3",
      "cola.local/r/k7pmx3?x",
    ]) {
      expect(readCode(typed)).toBe("K7PMX3");
    }
    expect(readCode("한국어")).toBe("");
  });
});

describe("tall messages", () => {
  it("are folded, ordinary ones are not", () => {
    expect(fold("a\nb\nc")).toBeNull();
    expect(fold("\n".repeat(900))?.split("\n")).toHaveLength(12);
  });
});
