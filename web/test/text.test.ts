import { describe, expect, it } from "vitest";
import texts from "../golden/texts.json";
import { cut, fold, graphemes, hasTower, isBlank, isolate, length, pieces, readCode } from "../src/store/text";

const links = (text: string): string[] => pieces(text).flatMap((piece) => (piece.href ? [piece.text] : []));

describe("links", () => {
  it("are found in the middle of a sentence and end where it ends", () => {
    expect(links("보세요 http://192.168.4.1/map, 그리고 (https://a.example/x).")).toEqual([
      "http://192.168.4.1/map",
      "https://a.example/x",
    ]);
    expect(links("https://a.example/Cola_(drink)")).toEqual(["https://a.example/Cola_(drink)"]);
  });

  it("are only ever http and https", () => {
    for (const text of ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "www.example", "http://"]) {
      expect(links(text)).toEqual([]);
    }
  });

  it("leave every character where it was", () => {
    const nasty = '<img src=x onerror=alert(1)> \u202egnp.exe http://a/"onmouseover="x http://b\u202e.c\n\nhttp://d.';
    expect(
      pieces(nasty)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(nasty);
  });
});

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

describe("what the hub would refuse", () => {
  const shown = (text: string): string => [...text].map((c) => c.codePointAt(0)!.toString(16)).join(" ");

  it("is empty where nothing is seen", () => {
    for (const text of texts.blank) expect(isBlank(text), shown(text)).toBe(true);
    for (const text of texts.seen) expect(isBlank(text), shown(text)).toBe(false);
  });

  it("is a character with too many marks", () => {
    for (const text of texts.towers) expect(hasTower(text), shown(text)).toBe(true);
    for (const text of texts.noTowers) expect(hasTower(text), shown(text)).toBe(false);
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
