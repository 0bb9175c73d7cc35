import { describe, expect, it } from "vitest";
import { arrival, atBottom, follows, lastSeen, shift, type RowBox, type Sight } from "../src/store/place";

const row = (top: number, height: number, more: Partial<RowBox> = {}): RowBox => ({
  seq: null,
  open: false,
  top,
  height,
  ...more,
});

const sight = (below: number, ...rows: RowBox[]): Sight => ({ height: 400, below, rows });

describe("the newest message", () => {
  it("is followed from the bottom, and from nowhere else", () => {
    expect(follows(sight(0), true)).toBe(true);
    expect(follows(sight(47), true)).toBe(true);
    expect(follows(sight(48), true)).toBe(false);
    expect(follows(sight(0), false), "the window ends before it").toBe(false);
  });

  it("is not followed while somebody reads what they unfolded", () => {
    const unfolded = sight(0, row(-900, 1300, { open: true }));
    expect(follows(unfolded, true)).toBe(false);
    expect(atBottom(unfolded, true)).toBe(true);
  });
});

describe("the first visible row", () => {
  it("stays where it is, whatever comes above or below", () => {
    expect(shift(row(-20, 60), row(480, 60))).toBe(500);
    expect(shift(row(12, 60), row(12, 60))).toBe(0);
  });

  it("keeps the part of it that was at the edge when its lines break elsewhere", () => {
    // Half of it was read; as tall as twice, half of it is.
    expect(shift(row(-300, 600), row(0, 1200))).toBe(600);
    expect(shift(row(-300, 600), row(0, 300))).toBe(150);
    expect(shift(row(30, 600), row(50, 1200)), "it began in view").toBe(20);
  });

  it("keeps its lines when it is unfolded, and begins at the edge when the line is folded away", () => {
    expect(shift(row(-100, 300), row(-100, 2000, { open: true }))).toBe(0);
    expect(shift(row(-100, 2000, { open: true }), row(-100, 300))).toBe(0);
    expect(shift(row(-1500, 2000, { open: true }), row(-1500, 300))).toBe(-1500);
  });
});

describe("who comes back", () => {
  it("is at the bottom if nothing unread is then out of sight, and else at the first unread message", () => {
    expect(arrival(900, null)).toBe(900);
    expect(arrival(100, 390)).toBe(100);
    expect(arrival(5000, 390)).toBe(390 - 72);
    expect(arrival(0, -500), "it may be above").toBe(-572);
  });
});

describe("a message", () => {
  it("was seen when its end was in view, or when it filled the view", () => {
    const seen = (...rows: RowBox[]): number | null => lastSeen(sight(0, ...rows));
    expect(seen(row(-10, 60, { seq: 7 }), row(60, 300, { seq: 8 }), row(370, 60, { seq: 9 }))).toBe(8);
    expect(seen(row(-10, 900, { seq: 7 }))).toBe(7);
    expect(seen(row(10, 900, { seq: 7 }))).toBeNull();
    expect(seen(row(10, 60))).toBeNull();
  });
});
