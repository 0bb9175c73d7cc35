import { describe, expect, it } from "vitest";
import { pieces } from "../src/store/links";
import { readPath } from "../src/store/views";

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

  it("end before the word that follows without a space", () => {
    for (const [text, link] of [
      ["https://example.com입니다", "https://example.com"],
      ["https://example.com입니다.그리고", "https://example.com"],
      ["https://example.com에서.Next", "https://example.com"],
      ["http://192.168.4.1에서", "http://192.168.4.1"],
      ["http://192.168.4.1:8080에서", "http://192.168.4.1:8080"],
      ["http://cola.local로 오세요", "http://cola.local"],
      ["http://localhost로", "http://localhost"],
      ["https://example.comです", "https://example.com"],
      ["https://example.co.kr/r/K7PMX3로 와요", "https://example.co.kr/r/K7PMX3"],
      ["http://192.168.4.1/r/k7pmx3에서", "http://192.168.4.1/r/k7pmx3"],
      ["https://한국.kr입니다", "https://한국.kr"],
      ["https://도메인.한국입니다", "https://도메인.한국"],
      ["https://example.com。", "https://example.com"],
      ["https://example.com.", "https://example.com"],
      ["https://example.com:입니다", "https://example.com"],
    ] as const) {
      expect(links(text), text).toEqual([link]);
    }
  });

  it("end before a particle that follows their path", () => {
    for (const [text, link] of [
      ["http://192.168.4.1/map에서 봐요", "http://192.168.4.1/map"],
      ["http://192.168.4.1/map에서는, 아마", "http://192.168.4.1/map"],
      ["http://192.168.4.1/에서", "http://192.168.4.1/"],
      ["https://ex.com/a/b?c=1이에요.", "https://ex.com/a/b?c=1"],
      ["https://ex.com/map으로", "https://ex.com/map"],
      ["https://ex.com/map로만", "https://ex.com/map"],
      ["https://ex.com/map이라고", "https://ex.com/map"],
      ["https://ex.com/wiki/에서", "https://ex.com/wiki/에서"],
      ["https://ex.com/wiki/나라", "https://ex.com/wiki/나라"],
      ["https://ex.com/BTS의_노래", "https://ex.com/BTS의_노래"],
      ["https://ex.com/3조에서", "https://ex.com/3조에서"],
      ["https://ex.com/?q=은", "https://ex.com/?q=은"],
      ["https://ex.com/한국에서", "https://ex.com/한국에서"],
    ] as const) {
      expect(links(text), text).toEqual([link]);
    }
  });

  it("need no scheme where they are of a local network", () => {
    const href = (text: string): string | undefined => pieces(text).find((piece) => piece.href)?.href ?? undefined;
    for (const [text, link, address] of [
      ["cola-2.local 로 오세요", "cola-2.local", "http://cola-2.local/"],
      ["(Cola.local)", "Cola.local", "http://cola.local/"],
      ["주소: cola.local:8080/r/K7PMX3로", "cola.local:8080/r/K7PMX3", "http://cola.local:8080/r/K7PMX3"],
      ["192.168.4.1/map에서", "192.168.4.1/map", "http://192.168.4.1/map"],
      ["192.168.4.1:8080에서", "192.168.4.1:8080", "http://192.168.4.1:8080/"],
      ["👉192.168.4.1.", "192.168.4.1", "http://192.168.4.1/"],
      ["a.b.local입니다", "a.b.local", "http://a.b.local/"],
    ] as const) {
      expect(links(text), text).toEqual([link]);
      expect(href(text), text).toBe(address);
    }
    for (const text of [
      "ann@cola.local",
      "cola.locale",
      "cola.local.example",
      "1.2.3.4.5",
      "v1.2.3.4",
      "192.168.4.256",
      "10.0.0.1abc",
      "ftp://cola.local/x",
      "\\\\10.0.0.1\\x",
      "münchen.local",
      "는cola.local",
      ".local",
      "10.0.0.1@example.com",
    ]) {
      expect(links(text), text).toEqual([]);
    }
    expect(links("http://a.example/?to=10.0.0.1")).toEqual(["http://a.example/?to=10.0.0.1"]);
    const more = "http://a.example,cola.local,10.0.0.1,ann@cola.local,http://b.example";
    expect(links(more)).toEqual(["http://a.example", "cola.local", "10.0.0.1", "http://b.example"]);
    expect(
      pieces(more)
        .map((piece) => piece.text)
        .join(""),
    ).toBe(more);
  });

  it("keep names in Hangul, and Hangul in paths", () => {
    for (const link of [
      "https://한국.kr",
      "https://도메인.한국/길",
      "https://e마트.com",
      "https://www.lg전자.com/a",
      "https://www.11번가.co.kr",
      "https://shop.straße.de",
      "https://пример.рф",
      "https://ko.wikipedia.org/wiki/한국",
      "https://ko.wikipedia.org/wiki/BTS의_노래?검색=가",
      "http://콜라.local:8080",
    ]) {
      expect(links(`${link} 봐요`), link).toEqual([link]);
    }
  });

  it("lead to the host that one reads", () => {
    const href = (text: string): string | undefined => pieces(text).find((piece) => piece.href)?.href ?? undefined;
    expect(href("https://example.com입니다")).toBe("https://example.com/");
    expect(href("https://한국.kr")).toBe("https://xn--3e0b707e.kr/");
    expect(href("http://[::1]:8080/a]")).toBe("http://[::1]:8080/a");
  });

  it("end at a bracket that closes what was opened before them", () => {
    for (const [text, link] of [
      ["(https://ex.com/a_(b)_c)", "https://ex.com/a_(b)_c"],
      ["https://ex.com/((a))", "https://ex.com/((a))"],
      ["(https://ex.com/((a))).", "https://ex.com/((a))"],
      ["(https://ex.com/a)에서", "https://ex.com/a"],
      ["[지도](https://ex.com/a)입니다", "https://ex.com/a"],
      ["《https://ex.com/a》", "https://ex.com/a"],
      ["「https://ex.com/a」라고", "https://ex.com/a"],
      ["『https://ex.com』", "https://ex.com"],
      ["“https://ex.com/a”라고", "https://ex.com/a"],
      ["https://ex.com/wiki/《책》", "https://ex.com/wiki/《책》"],
      ["https://ex.com/a(", "https://ex.com/a"],
      ["https://ex.com/a_(b", "https://ex.com/a_(b"],
      ["https://ex.com/?q=[1]", "https://ex.com/?q=[1]"],
      ["http://[::1]", "http://[::1]"],
      ["[http://[fe80::1]:8080/x]", "http://[fe80::1]:8080/x"],
    ] as const) {
      expect(links(text), text).toEqual([link]);
    }
  });

  it("are no links without a host", () => {
    for (const text of ["http://", "http://...", "https://입니다", "http://(a)", "http://[x]", "https:///a", "http://:80"]) {
      expect(links(text), text).toEqual([]);
    }
  });
});

describe("paths", () => {
  it("lead to a room, however its code was written", () => {
    for (const path of ["/r/K7PMX3", "/r/K7PMX3/", "/r/k7p-mx3", "/r/K7PMX3%EB%A1%9C", "/r/K7PMX3로", "/r/K7PMX3%", "/r/%4B7PMX3"]) {
      expect(readPath(path), path).toEqual({ view: "room", code: "K7PMX3" });
    }
  });

  it("lead to the other views, or nowhere", () => {
    expect(readPath("/").view).toBe("lobby");
    expect(readPath("/join").view).toBe("join");
    expect(readPath("/join/").view).toBe("join");
    for (const path of ["/r/", "/r/%EB%A1%9C", "/r/a/b", "/x"]) expect(readPath(path).view, path).toBe("nowhere");
  });
});
