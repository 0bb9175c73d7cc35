// A sound and a vibration: what one chose, once in a burst, and never for what was there before.

import { beforeEach, describe, expect, it } from "vitest";
import { Signals } from "../src/client/signals";
import { mapMemory, type Memory } from "../src/client/storage";
import { open, receive, emptyLog } from "../src/store/log";
import { newRoom, type RoomState } from "../src/store/room";
import type { Message } from "../src/wire";
import { chatter, room, said } from "./kit";

let given: string[];
let memory: Memory;
let now: number;
let signals: Signals;
let state: RoomState;

beforeEach(() => {
  given = [];
  now = 1_000_000;
  memory = mapMemory();
  signals = new Signals(memory, {
    wake: () => void given.push("wake"),
    play: (bubbles) => void given.push(`sound ${bubbles}`),
    vibrate: (pattern) => void given.push(`vibration ${pattern.length}`),
  }, () => now);
  const log = open(emptyLog, [said(1), said(2)], 2, false, 1);
  state = { ...newRoom(room.code), room, me: chatter("me"), log };
});

function comes(message: Message): string[] {
  given = [];
  now += 10_000;
  state = { ...state, log: receive(state.log, message) };
  signals.hear(state);
  return given.filter((one) => one !== "wake");
}

const naming = (seq: number): Message => ({ ...said(seq), mentions: ["me"] });

describe("signals", () => {
  it("are off until they are switched on, each for itself, and then given once", () => {
    signals.hear(state);
    expect([signals.choice("sound"), signals.choice("vibration")]).toEqual(["off", "off"]);
    expect(comes(naming(3))).toEqual([]);
    signals.choose("sound", "mentions");
    expect(given).toEqual(["wake", "sound 2"]);
    expect(comes(said(4))).toEqual([]);
    expect(comes(naming(5))).toEqual(["sound 2"]);
    signals.choose("vibration", "all");
    expect(comes(said(6))).toEqual(["vibration 1"]);
    expect(comes(naming(7))).toEqual(["sound 2", "vibration 3"]);
    signals.choose("sound", "off");
    expect(comes(naming(8))).toEqual(["vibration 3"]);
    expect(memory.keys()).toEqual(["cola.vibration"]);
  });

  it("are not for what was there when the room was opened, or while one was away from it", () => {
    signals.choose("sound", "all");
    given = [];
    signals.hear(state);
    signals.hear(state);
    expect(given).toEqual([]);
    signals.leave(room.id);
    expect(comes(said(3))).toEqual([]);
    expect(comes(said(4))).toEqual(["sound 1"]);
    // A hub that went on from a copy counts from a lower place.
    state = { ...state, log: open(emptyLog, [said(1)], 1, false, 1) };
    signals.hear(state);
    expect(comes(said(2))).toEqual(["sound 1"]);
  });

  it("are not for one's own words, notices, people who are hidden, or what was taken back", () => {
    signals.choose("sound", "all");
    signals.hear(state);
    state = { ...state, hidden: new Map([["ben", "ben"]]) };
    expect(comes(said(3, "me"))).toEqual([]);
    expect(comes(said(4, "ben"))).toEqual([]);
    expect(comes({ ...said(5), type: "ALERT" })).toEqual([]);
    expect(comes({ ...said(6), takenBack: true })).toEqual([]);
    expect(comes(said(7))).toEqual(["sound 1"]);
  });

  it("are one for a burst, but one's own name is always told", () => {
    signals.choose("sound", "all");
    signals.hear(state);
    expect(comes(said(3))).toEqual(["sound 1"]);
    now -= 10_000;
    expect(comes(said(4))).toEqual([]);
    now -= 10_000;
    expect(comes(naming(5))).toEqual(["sound 2"]);
    expect(comes(said(6))).toEqual(["sound 1"]);
  });

  it("wake at a tap only where sounds are wanted", () => {
    signals.touched();
    expect(given).toEqual([]);
    signals.choose("sound", "all");
    given = [];
    signals.touched();
    expect(given).toEqual(["wake"]);
  });

  it("take a choice that they do not know as off", () => {
    memory.set("cola.sound", "loud");
    expect(signals.choice("sound")).toBe("off");
  });
});
