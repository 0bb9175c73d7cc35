import { describe, expect, it, vi } from "vitest";
import texts from "../golden/texts.json";
import { cut, fold, graphemes, hasTower, isBlank, isChannel, isEmojiOnly, isolate, length, readCode } from "../src/store/text";

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

  it("are counted the same by a browser without Intl.Segmenter", async () => {
    vi.stubGlobal("Intl", { ...Intl, Segmenter: undefined });
    vi.resetModules();
    const without = await import("../src/store/text");
    vi.unstubAllGlobals();
    for (const text of [
      "한국어로 이야기해요",
      "각나다 ㅋㅋㅋ ㅏㅓ".normalize("NFD"),
      "\u1112\u119e\u11ab옛글\u1100\u1100\u1161",
      "가\u11a8나",
      "é e\u0301 ö̲",
      "👨‍👩‍👧‍👦👍🏽🇰🇷🇰🇷1️⃣🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}❤️",
      "ｶﾞﾊﾟ กำลัง नमते",
      "a\r\nb\nc\td",
      "Z\u0336\u0307A",
    ]) {
      expect(without.graphemes(text), JSON.stringify(text)).toEqual(graphemes(text));
    }
    expect(without.length("가".repeat(1000).normalize("NFD"))).toBe(1000);
    expect(without.cut("각각각".normalize("NFD"), 2)).toBe("각각".normalize("NFD"));
  });

  it("are never cut in half", () => {
    expect(cut("👨‍👩‍👧‍👦👍🏽x", 2)).toBe("👨‍👩‍👧‍👦👍🏽");
    expect(graphemes("ㅏ가")).toHaveLength(2);
  });
});

describe("what the hub would refuse", () => {
  const shown = (text: string): string => [...text].map((c) => c.codePointAt(0)!.toString(16)).join(" ");

  it("is empty where nothing is seen", () => {
    for (const text of texts.blank) expect(isBlank(text), shown(text)).toBe(true);
    for (const text of texts.seen) expect(isBlank(text), shown(text)).toBe(false);
  });

  it("name a channel by the hub's own rule", () => {
    for (const text of texts.channels) expect(isChannel(text, 64), shown(text)).toBe(true);
    for (const text of texts.noChannels) expect(isChannel(text, 64), shown(text)).toBe(false);
    expect(isChannel("각".repeat(64).normalize("NFD"), 64)).toBe(true);
    expect(isChannel("각".repeat(65), 64)).toBe(false);
  });

  it("is a character with too many marks", () => {
    for (const text of texts.towers) expect(hasTower(text), shown(text)).toBe(true);
    for (const text of texts.noTowers) expect(hasTower(text), shown(text)).toBe(false);
  });
});

describe("a message of emoji alone", () => {
  it("is one with a few of them and nothing else", () => {
    const few = ["👍", "❤️", "👍🏽", "☝🏽", "👨‍👩‍👧‍👦", "🇰🇷🇺🇸", "1️⃣", "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}", "🎉 🎉\n🎉", "😀😀😀😀😀😀"];
    for (const text of [...few, "👨‍👩‍👧‍👦".repeat(6)]) expect(isEmojiOnly(text), text).toBe(true);
    for (const text of ["", " ", "1", "12#*", "👍!", "네👍", "😀😀😀😀😀😀😀", "™", "❤", "\u200d", "ㅋㅋ", "\ufe0f"]) {
      expect(isEmojiOnly(text), text).toBe(false);
    }
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
