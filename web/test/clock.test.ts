import { describe, expect, it } from "vitest";
import { daysBetween, left, local, offset, timeLeft } from "../src/store/clock";
import { heard } from "../src/store/hear";
import { newRoom } from "../src/store/room";
import { room, said, START } from "./kit";

const iso = (time: number): string => new Date(time).toISOString();
const HOUR = 3600_000;

describe("the clock", () => {
  it("forgives the way through the air", () => expect(offset(iso(START), START + 900)).toBe(0));

  it("puts a hub that woke up in 1970 right", () => {
    const difference = offset(iso(60_000), START);
    expect(local(iso(120_000), difference)).toBe(START + 60_000);
  });

  it("follows a hub whose clock was set forward, and no message that comes late", () => {
    const day = 24 * HOUR;
    // The hub was three days behind when it said hello.
    const before = { ...newRoom("K7PMX3"), room, clockOffset: 3 * day };
    const offsetAfter = (sentAt: number): number =>
      heard(before, "sendMessage", { ...said(1), sentAt: iso(sentAt) }, START, true).clockOffset;
    expect(offsetAfter(START - 3 * day)).toBe(3 * day);
    expect(offsetAfter(START - 4 * day)).toBe(3 * day);
    expect(offsetAfter(START)).toBe(0);
    expect(offsetAfter(START - HOUR)).toBe(HOUR);
  });

  it("says how long a room still lasts, by the hub's clock and not the phone's", () => {
    const ago = 1000 * 24 * HOUR;
    const difference = offset(iso(START - ago), START);
    const at = (ms: number) => left(iso(START - ago + ms), difference, START);
    expect(at(24 * HOUR)).toEqual({ unit: "hour", count: 24 });
    expect(at(72 * HOUR)).toEqual({ unit: "day", count: 3 });
    expect(at(5 * 60_000)).toEqual({ unit: "minute", count: 5 });
    expect(at(30_000).unit).toBe("soon");
    expect(at(-1).unit).toBe("over");
  });

  it("counts days by midnights, also where one has 23 or 25 hours", () => {
    const zone = process.env.TZ;
    process.env.TZ = "Europe/Berlin";
    const at = (text: string) => new Date(text).getTime();
    expect(daysBetween(at("2026-03-28T23:59"), at("2026-03-29T00:01"))).toBe(1);
    expect(daysBetween(at("2026-03-28T12:00"), at("2026-03-30T00:00"))).toBe(2);
    expect(daysBetween(at("2026-10-24T00:00"), at("2026-10-26T23:59"))).toBe(2);
    expect(daysBetween(at("2026-10-25T00:00"), at("2026-10-25T23:59"))).toBe(0);
    expect(daysBetween(at("2026-10-25T00:00"), at("2026-10-24T23:59")), "of a clock ahead").toBe(-1);
    process.env.TZ = zone;
  });

  it("takes an unreadable time for none", () => expect(offset("yesterday", START)).toBe(0));
});

describe("time left of a room", () => {
  it("is none that anybody counts where the room lasts", () => {
    const room = { expiresAt: "9999-12-31T23:59:59.999Z", isLasting: true };
    expect(timeLeft(room, 0, START).unit).toBe("lasting");
    expect(timeLeft({ expiresAt: room.expiresAt }, 0, START).unit).toBe("day");
  });
});
