// The host's key and signatures. The vectors were made by the shell example of docs/host.md.

import { expect, test } from "vitest";
import { mapMemory } from "../src/client/storage";
import { forgetKey, keepKey, keptKey, readLink } from "../src/host/key";
import { authorization, Numbers } from "../src/host/sign";

const KEY = { id: "7d444840-9dc0-41d1-b245-5ffdce74fad2", secret: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8" };

const mac = (method: string, path: string, number: number, body: string): string =>
  /mac=(\S+)$/.exec(authorization(KEY, method, path, number, body))![1]!;

test("a request is signed as the shell example signs it", () => {
  expect(mac("POST", "/api/host/rooms?browser=Zk3v", 1764200000000, '{"title":"무대 앞"}')).toBe(
    "yZX5s8pZefszIvNAGJRHyDEgniY6Zx87tdPfosasHlA",
  );
  expect(mac("GET", "/api/host/overview?browser=Zk3v", 1764200000001, "")).toBe(
    "YWgOT4bfyfPtIkKuiNJZg5N1KxMpkzDuSGr5xLpmStw",
  );
});

test("the header is as docs/host.md has it", () => {
  const header = authorization(KEY, "GET", "/api/host/overview", 7, "");
  expect(header).toMatch(/^ColaHub-Host id=7d444840-9dc0-41d1-b245-5ffdce74fad2, seq=7, mac=[\w-]{43}$/);
});

test("every part of a request is signed", () => {
  const all = [
    mac("POST", "/api/host/rooms", 7, "{}"),
    mac("GET", "/api/host/rooms", 7, "{}"),
    mac("POST", "/api/host/rooms?browser=x", 7, "{}"),
    mac("POST", "/api/host/rooms", 8, "{}"),
    mac("POST", "/api/host/rooms", 7, ""),
  ];
  expect(new Set(all).size).toBe(all.length);
});

test("numbers go up, whatever the clock does, and after a reload", () => {
  const memory = mapMemory();
  let now = 1_000;
  const numbers = new Numbers(memory, () => now);
  const taken = [numbers.next(), numbers.next()];
  now = 500;
  taken.push(numbers.next(), new Numbers(memory, () => now).next());
  now = 9_000;
  taken.push(numbers.next());
  expect(taken).toEqual([1_000, 1_001, 1_002, 1_003, 9_000]);
  expect(numbers.next(true), "after one that was used before").toBeGreaterThan(9_001);
});

test("a key comes with the link, is kept, and keeps its mark", () => {
  const memory = mapMemory();
  const link = readLink(`#${KEY.id}.${KEY.secret}`);
  expect(link).toEqual(KEY);
  const kept = keepKey(memory, link!);
  expect(kept.browser).toMatch(/^[\w-]{1,64}$/);
  expect(keptKey(memory)).toEqual(kept);
  expect(keepKey(memory, link!), "opened again").toEqual(kept);
  forgetKey(memory);
  expect(keptKey(memory)).toBeNull();
  expect(keepKey(memory, link!), "opened again after it was forgotten").toEqual(kept);
  expect(keepKey(mapMemory(), link!).browser, "in another browser").not.toBe(kept.browser);
});

test("what is no link with a key is none", () => {
  for (const hash of ["", "#", "#a", `#${KEY.id}`, `#${KEY.id}.short`, `#.${KEY.secret}`, `#${KEY.id}.${KEY.secret}x`]) {
    expect(readLink(hash), hash).toBeNull();
  }
  const memory = mapMemory(new Map([["cola.host", "{"]]));
  expect(keptKey(memory)).toBeNull();
});
