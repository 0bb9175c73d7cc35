import { describe, expect, it } from "vitest";
import { down, MOST, opening, STEP, trimmed, up } from "../src/store/window";
import { range, said } from "./kit";

const messages = (count: number) => range(1, count).map((seq) => said(seq));

describe("the window of rows", () => {
  it("opens at the newest messages", () => {
    expect(opening(messages(500), null)).toEqual({ first: 441, last: null });
    expect(opening(messages(3), null)).toEqual({ first: 1, last: null });
  });

  it("opens at what is unread, wherever that is", () => {
    expect(opening(messages(500), 480)).toEqual({ first: 441, last: null });
    expect(opening(messages(500), 401)).toEqual({ first: 381, last: null });
    expect(opening(messages(500), 101)).toEqual({ first: 81, last: 240 });
    expect(opening(messages(500), 1)).toEqual({ first: 1, last: 160 });
  });

  it("moves with the newest message only for those who follow it", () => {
    const all = messages(400);
    const long = { first: 100, last: null };
    expect(trimmed(long, all, true, null)).toEqual({ first: 241, last: null });
    expect(trimmed(long, all, false, null)).toEqual({ first: 100, last: 259 });
    expect(trimmed({ first: 250, last: null }, all, true, null)).toBeNull();
  });

  it("never moves past what nobody has seen", () => {
    expect(trimmed({ first: 100, last: null }, messages(400), true, 150)).toEqual({ first: 130, last: 289 });
  });

  it("moves up and down in steps, and reaches both ends", () => {
    const all = messages(400);
    let window = opening(all, null);
    for (let steps = 0; steps < 10; steps += 1) window = up(window, all);
    expect(window).toEqual({ first: 1, last: MOST });
    window = down(window, all);
    expect(window).toEqual({ first: STEP + 1, last: MOST + STEP });
    for (let steps = 0; steps < 10 && window.last !== null; steps += 1) window = down(window, all);
    expect(window).toEqual({ first: 400 - MOST + 1, last: null });
  });
});
