import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { addresses, localName, wifiText } from "../src/store/invite";
import { alike, behind, channels, fresh, isFull, matching, ordered, unread, type Order } from "../src/store/lobby";
import { animalIn } from "../src/store/animals";
import { mark, marks, TINTS } from "../src/store/marks";
import { markOf, newRoom, withNews, withRoster } from "../src/store/room";
import type { Chatter, Room } from "../src/wire";
import { alerted, chatter, room } from "./kit";

const ids = Array.from({ length: 12000 }, (_, at) => `${at.toString(16).padStart(8, "0")}-8f4b-4f0e-9b53-6f1d2a3b4c5d`);

describe("marks", () => {
  const id = "4f0c1f6e-8f4b-4f0e-9b53-6f1d2a3b4c5d";

  it("stay the same for an id, for ever", () => {
    expect(mark({ id, nickname: "Ben" })).toEqual({ emoji: "🦔", tint: 4 });
  });

  it("are the animal in a name that the hub gave, in the id's colour", () => {
    for (const [nickname, emoji] of [
      ["졸린 두더지", "🐭"],
      ["배고픈 여우".normalize("NFD"), "🦊"],
      ["여우 12", "🦊"],
      ["Sleepy Fox", "🦊"],
      ["calm owl 3", "🦉"],
      ["여우비", "🦔"],
      ["foxy", "🦔"],
      ["곰 아저씨", "🦔"],
      ["7", "🦔"],
    ] as const) {
      expect(mark({ id, nickname }), nickname).toEqual({ emoji, tint: 4 });
    }
  });

  it("know every animal after which the hub calls people, and no other word", () => {
    const lists = readFileSync(new URL("../../src/domain/nickname/lists.rs", import.meta.url), "utf8");
    const words = (name: string): string[] =>
      new RegExp(`const ${name}: &str = "([^"]+)"`).exec(lists)![1]!.trim().split(/\s+/);
    const animals = [...words("KO_ANIMALS"), ...words("EN_ANIMALS")];
    expect(animals.length).toBeGreaterThan(200);
    expect(animals.filter((animal) => animalIn(`x ${animal}`) === null)).toEqual([]);
    expect(animals.every((animal) => /^\p{Emoji}\ufe0f?$/u.test(animalIn(animal)!))).toBe(true);
    for (const word of [...words("KO_ADJECTIVES"), ...words("EN_ADJECTIVES")]) expect(animalIn(word), word).toBeNull();
  });

  it("differ in a room while there are enough, for people of one animal, too", () => {
    const foxes = ids.slice(0, 12).map((one) => ({ ...chatter(one, "여우"), createdAt: one }));
    const looks = (people: Chatter[]) => people.map((one) => JSON.stringify(given.get(one.id)));
    let given = marks(foxes, new Map());
    expect(new Set(looks(foxes)).size).toBe(12);
    expect([...given.values()].every((one) => one.emoji === "🦊")).toBe(true);
    const crowd = ids.slice(0, 500).map((one, at) => chatter(one, at % 2 ? "여우" : "Ben"));
    given = marks(crowd, new Map());
    expect(new Set(looks(crowd)).size).toBe(500);
    expect(marks(ids.slice(0, 700).map((one) => chatter(one)), new Map()).size).toBe(700);
  });

  it("are the same on all phones, and stay while others come and go", () => {
    const foxes = ids.slice(0, 40).map((one, at) => ({ ...chatter(one, "여우"), createdAt: `2024-09-25T02:00:${at + 10}` }));
    const early = foxes.slice(0, 8);
    const first = marks([...early].reverse(), new Map());
    expect([...marks(early, new Map())].sort()).toEqual([...first].sort());
    const more = marks([...foxes.slice(4, 12)].reverse(), first);
    for (const one of early) expect(more.get(one.id), "stays, and is still known").toEqual(first.get(one.id));
    const [ann] = foxes as [Chatter];
    const ben = foxes.find((one) => one !== ann && mark(one).tint === mark(ann).tint)!;
    const both = marks([ann, ben], marks([ben], marks([ann], new Map())));
    expect(both.get(ann.id), "somebody who comes back finds their own taken").not.toEqual(both.get(ben.id));
    expect(marks([{ ...early[0]!, nickname: "펭귄" }], first).get(early[0]!.id)!.emoji).toBe("🐧");
  });

  it("tell people apart: all faces and tints come, about equally often", () => {
    const seen = new Map<string, number>();
    for (const id of ids) {
      const { emoji, tint } = mark({ id, nickname: "Ben" });
      expect(emoji).not.toBe("");
      seen.set(`${emoji}${tint}`, (seen.get(`${emoji}${tint}`) ?? 0) + 1);
    }
    expect(seen.size).toBe(48 * TINTS);
    expect(Math.max(...seen.values())).toBeLessThan(50);
  });
});

describe("in a room", () => {
  const fox = chatter("a", "졸린 여우");

  it("marks follow who comes and what they are called", () => {
    const state = withRoster({ ...newRoom("K7PMX3"), me: chatter("me", "신난 여우") }, [fox]);
    expect(state.marks.size).toBe(2);
    expect(markOf(state, fox).emoji).toBe("🦊");
    const renamed = alerted(3, "a", { kind: "renamed", count: 1, was: "졸린 여우", now: "졸린 펭귄" });
    expect(markOf(withNews(state, renamed), fox).emoji).toBe("🐧");
    expect(markOf(newRoom("K7PMX3"), fox).emoji, "of whom only a message is known").toBe("🦊");
  });
});

describe("tints", () => {
  const css = readFileSync(new URL("../src/styles/tints.css", import.meta.url), "utf8");
  const tokens = readFileSync(new URL("../src/styles/tokens.css", import.meta.url), "utf8");
  const [light, dark] = css.split("@media") as [string, string];
  const [lightTokens, darkTokens] = tokens.split("@media") as [string, string];
  const values = (text: string, name: string): string[] =>
    [...text.matchAll(new RegExp(`--${name}: (#\\w+)`, "g"))].map((match) => match[1]!);

  it("are as many as the table says", () => {
    expect(values(light, "name")).toHaveLength(TINTS);
    expect(values(light, "tint")).toHaveLength(TINTS);
    expect(values(dark, "name")).toHaveLength(TINTS);
  });

  it("are readable (AA) on every ground, light and dark", () => {
    for (const [names, grounds] of [
      [light, lightTokens],
      [dark, darkTokens],
    ] as const) {
      for (const name of values(names, "name")) {
        for (const ground of ["paper", "card", "wash"]) {
          expect(contrast(name, values(grounds, ground)[0]!), `${name} on ${ground}`).toBeGreaterThan(4.5);
        }
      }
    }
  });

  it("go with tokens that are readable (AA) on their grounds, light and dark", () => {
    const pairs = {
      ink: ["paper", "card", "wash", "mine", "theirs"],
      soft: ["paper", "card", "wash"],
      fizz: ["paper", "card", "wash", "mine", "theirs"],
      bad: ["paper", "wash", "card"],
      warn: ["card"],
      "on-cola": ["cola"],
      "on-warn": ["warn"],
      cola: ["paper", "wash", "mine"],
    };
    for (const grounds of [lightTokens, darkTokens]) {
      for (const [text, on] of Object.entries(pairs)) {
        for (const ground of on) {
          expect(
            contrast(values(grounds, text)[0]!, values(grounds, ground)[0]!),
            `${text} on ${ground}`,
          ).toBeGreaterThan(4.5);
        }
      }
    }
  });
});

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const parts = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
}

describe("the lobby", () => {
  const at = (id: string, namespace: string, more = {}) => ({ ...room, id, namespace, ...more });

  it("that have one title are told apart", () => {
    const list = [
      at("1", "a", { title: "점심 이야기" }),
      at("2", "b", { title: "점심  이야기 ".normalize("NFD") }),
      at("3", "a", { title: "Lunch" }),
      at("4", "a", { title: "ｌｕｎｃｈ" }),
      at("5", "a", { title: "dinner" }),
      at("6", "a", { title: "Dinner", isExpired: true }),
    ];
    expect([...alike(list)]).toEqual(["1", "2", "3", "4"]);
  });

  it("has the plaza first, then channels by name, without rooms that are over", () => {
    const list = channels([at("1", "b"), at("2", "anonymous"), at("3", "a"), at("4", "c", { isExpired: true })]);
    expect(list.map((channel) => channel.namespace)).toEqual(["anonymous", "a", "b"]);
  });

  const places = (rooms: Room[], order: Order) => channels(rooms, order)[0]!.rooms.map((one) => one.id);

  it("has rooms that one visited lately first, then where people are, then the oldest", () => {
    const hour = 3600_000;
    const list = [
      at("old", "a", { present: 0, createdAt: "2024-09-25T01:00:00.000Z" }),
      at("busy", "a", { present: 40 }),
      at("new", "a", { present: 0 }),
      at("mine", "a", { present: 1 }),
      at("last", "a", { present: 0 }),
      at("long ago", "a", { present: 0, createdAt: "2024-09-25T03:00:00.000Z" }),
    ];
    const visits = new Map([["mine", 98 * hour], ["last", 99 * hour], ["long ago", 80 * hour]]);
    const order = ordered(list, visits, 100 * hour);
    expect(places(list, order)).toEqual(["last", "mine", "busy", "old", "new", "long ago"]);
  });

  it("does not move rooms while people come and go, and has new ones below", () => {
    const list = (present: number) => [at("1", "a", { present: 1 }), at("2", "a", { present })];
    const order = ordered(list(0), new Map(), 0);
    expect(places(list(0), order)).toEqual(["1", "2"]);
    expect(places(list(9), order)).toEqual(["1", "2"]);
    const more = [at("3", "a", { present: 50, createdAt: "2020-01-01T00:00:00.000Z" }), ...list(9)];
    expect(places(more, order)).toEqual(["1", "2", "3"]);
  });


  it("has the rooms first to which the host gave a place, by their numbers", () => {
    const list = [at("1", "a", { present: 9 }), at("2", "a", { position: 2 }), at("3", "a", { position: 1 }), at("4", "a")];
    expect(places(list, ordered(list, new Map([["1", 5]]), 6))).toEqual(["3", "2", "1", "4"]);
  });

  it("knows full from unlimited", () => {
    expect(isFull(at("1", "a", { capacity: 2, present: 2 }))).toBe(true);
    expect(isFull(at("1", "a", { capacity: 0, present: 500 }))).toBe(false);
  });

  it("finds by title, channel and code", () => {
    const list = [at("1", "조별 방", { title: "3조" }), at("2", "b", { code: "ACDEFG" })];
    expect(matching(list, "조별").map((one) => one.id)).toEqual(["1"]);
    expect(matching(list, "acd").map((one) => one.id)).toEqual(["2"]);
  });
});

describe("invitations", () => {
  it("give the address one came by first, and never nothing", () => {
    const known = ["http://10.0.0.1", "http://192.168.4.1:8080/"];
    expect(addresses(known, "http://192.168.4.1:8080")[0]).toBe("http://192.168.4.1:8080");
    expect(addresses(known, "http://cola.local")[0]).toBe("http://10.0.0.1");
    expect(addresses([], "http://cola.local")).toEqual(["http://cola.local"]);
  });

  it("name the port where there is one", () => {
    expect(localName("cola", "http://10.0.0.1")).toBe("cola.local");
    expect(localName("cola.local", "http://10.0.0.1:8080")).toBe("cola.local:8080");
  });

  it("escape what has a meaning in a Wi-Fi code", () => {
    expect(wifiText({ ssid: 'a;b,"c', password: "p:\\q", security: "wpa2" })).toBe(
      'WIFI:T:WPA;S:a\\;b\\,\\"c;P:p\\:\\\\q;;',
    );
    expect(wifiText({ ssid: "open", password: "", security: "none" })).toBe("WIFI:T:nopass;S:open;;");
  });
});

describe("what is new in a room", () => {
  const room9 = { ...room, lastSeq: 9, lastSaidAt: "2024-09-25T02:00:09.000Z" };
  const upTo = (seq: number) => ({ seq, sentAt: `2024-09-25T02:00:0${seq}.000Z` });

  it("is what came after the last place that was read here", () => {
    expect(unread(room9, upTo(4))).toBe(5);
    expect(unread(room9, upTo(9))).toBe(0);
    expect(unread({ ...room9, lastSeq: 3 }, upTo(9)), "a hub that went on from a copy").toBe(0);
  });

  it("is nothing in a room never read, and where the hub does not say", () => {
    expect(unread(room9, undefined)).toBe(0);
    expect(unread(room, upTo(4))).toBe(0);
  });

  it("is nothing where people only came and went", () =>
    expect(unread({ ...room9, lastSaidAt: upTo(4).sentAt }, upTo(4))).toBe(0));

  it("is what the hub counts, which is no more than what came", () => {
    expect(fresh(room9, upTo(4), new Map())).toBe(5);
    expect(fresh(room9, upTo(4), new Map([[room9.id, 2]]))).toBe(2);
    expect(fresh(room9, upTo(8), new Map([[room9.id, 2]])), "read since").toBe(1);
    expect(fresh(room9, upTo(9), new Map([[room9.id, 2]]))).toBe(0);
  });

  it("is asked for where there may be some", () => {
    const rooms = [room9, { ...room9, id: "read" }, { ...room9, id: "never" }];
    const reads = new Map([[room9.id, upTo(4)], ["read", upTo(9)]]);
    expect(behind(rooms, reads)).toEqual([{ id: room9.id, seq: 4 }]);
    const many = Array.from({ length: 30 }, (_, n) => ({ ...room9, id: `room ${n}` }));
    expect(behind(many, new Map(many.map(({ id }) => [id, upTo(4)])))).toHaveLength(20);
  });

  it("puts a room first, before one that was visited later", () => {
    const list = ["quiet", "busy"].map((id) => ({ ...room9, id, lastSeq: id === "busy" ? 7 : 2 }));
    const visits = new Map([["quiet", 2000], ["busy", 1000]]);
    const reads = new Map([["quiet", upTo(2)], ["busy", upTo(5)]]);
    expect([...ordered(list, visits, 3000, reads).keys()]).toEqual(["busy", "quiet"]);
    expect([...ordered(list, visits, 3000).keys()]).toEqual(["quiet", "busy"]);
  });
});
