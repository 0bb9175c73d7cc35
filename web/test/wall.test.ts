// What keeps a wall up to date: the last answer is what is shown, whatever happens in between.

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Watch, type Answer, type State } from "../src/wall/watch";
import { readTold, readWall, type Wall } from "../src/wall/wire";
import { en, ko, wordsFor } from "../src/wall/words";
import { said } from "./kit";

const read = (name: string): unknown => JSON.parse(readFileSync(new URL(`../golden/${name}`, import.meta.url), "utf8"));
const golden = read("wall.json") as Wall;

const wallOf = (...texts: string[]): Wall => ({ ...golden, messages: texts.map((text, at) => said(at + 1, "fox", text)) });
const answer = (wall: Wall, etag = "e"): Answer => ({ status: 200, etag, body: { success: true, data: wall } });
const refusal = (status: number, code: string): Answer => ({ status, etag: null, body: { success: false, code, message: "x" } });
const unchanged: Answer = { status: 304, etag: "e", body: null };

/** A hub that answers as the story says, and what has been shown. */
function screen() {
  let next: Answer | Error = new Error("away");
  const asked: (string | null)[] = [];
  const shown: State[] = [];
  const watch = new Watch(
    (etag) => {
      asked.push(etag);
      return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
    },
    (state) => shown.push(state),
  );
  const answers = async (now: Answer | Error, ms = 1_500): Promise<State | undefined> => {
    next = now;
    await vi.advanceTimersByTimeAsync(ms);
    return shown.at(-1);
  };
  return { watch, asked, shown, answers };
}

const texts = (state: State | undefined): string[] => (state?.name === "wall" ? state.wall.messages.map((one) => one.content) : []);

describe("a wall's watch", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("shows each answer, and asks only for another", async () => {
    const { watch, asked, shown, answers } = screen();
    await answers(answer(wallOf("one")), 0);
    void watch.look();
    await answers(answer(wallOf("one")), 0);
    expect(texts(shown.at(-1))).toEqual(["one"]);
    await answers(unchanged);
    expect(asked).toEqual([null, "e"]);
    expect(shown).toHaveLength(1);
    expect(texts(await answers(answer(wallOf("two"), "f")))).toEqual(["two"]);
    watch.end();
  });

  it("keeps what it shows, with a sign, whatever answers wrongly, and asks for all of it afterwards", async () => {
    const { watch, asked, shown, answers } = screen();
    await answers(answer(wallOf("one")), 0);
    void watch.look();
    await answers(answer(wallOf("one")), 0);
    const wrong = [new Error("away"), refusal(503, "unavailable"), refusal(429, "too_fast"), { status: 200, etag: null, body: "?" }];
    for (const one of wrong) {
      const state = await answers(one);
      expect(texts(state)).toEqual(["one"]);
      expect(state).toMatchObject({ name: "wall", isLost: true });
    }
    expect(shown).toHaveLength(2);
    const back = await answers(answer(wallOf("one")));
    expect(asked.at(-1)).toBeNull();
    expect(back).toMatchObject({ name: "wall", isLost: false });
    watch.end();
  });

  it("shows nothing once the hub says that it must not, and goes on trying", async () => {
    const { watch, answers } = screen();
    await answers(answer(wallOf("one")), 0);
    void watch.look();
    await answers(answer(wallOf("one")), 0);
    expect(await answers(refusal(403, "wall_closed"))).toEqual({ name: "refused", why: "wall_closed" });
    expect(await answers(new Error("away"), 4_000)).toEqual({ name: "refused", why: "wall_closed" });
    expect(texts(await answers(answer(wallOf("two")), 4_000))).toEqual(["two"]);
    watch.end();
  });

  it("looks for the hub until it answers, one request at a time", async () => {
    const { watch, asked, shown, answers } = screen();
    void watch.look();
    void watch.look();
    await answers(new Error("away"), 6_000);
    expect(shown).toEqual([]);
    expect(asked.length).toBe(5);
    watch.end();
    await answers(answer(wallOf("one")), 60_000);
    expect(asked.length).toBe(5);
  });
});

describe("a wall's shape", () => {
  it("is that of the hub, and of a newer one", () => {
    const wall = readWall(golden)!;
    expect(wall.messages.map((one) => one.content)).toEqual(golden.messages.map((one) => one.content));
    expect(wall.view).toBe("messages");
    expect(readWall({ ...golden, view: "clock" })!.view).toBe("off");
    const asked = { ...said(9), question: { votes: 3, answered: false } };
    expect(readWall({ ...golden, view: "questions", questions: [asked, said(10)] })!.questions).toEqual([asked]);
    const poll = { id: "p", question: "?", options: [{ text: "a", votes: 1 }], voters: 1, isClosed: false, closesAt: null };
    expect(readWall({ ...golden, view: "poll", poll })!.poll!.options[0]!.votes).toBe(1);
    expect(golden.poll).toBeNull();
    expect(wall.poll).toBeNull();
    const { view: shown, questions } = readWall(read("wall-questions.json"))!;
    expect([shown, questions.map(({ question }) => question)]).toEqual(["questions", [{ votes: 12, mine: false, answered: true }]]);
    const hidden = readWall(read("wall-poll.json"))!.poll!;
    expect([hidden.voters, hidden.options.map(({ votes }) => votes)]).toEqual([5, [null, null, null]]);
  });

  it("is nothing else", () => {
    for (const bad of [null, {}, [], { ...golden, room: null }, { ...golden, messages: "x" }]) {
      expect(readWall(bad)).toBeNull();
    }
    expect(readTold({ success: false, code: "too_fast" })).toBeNull();
    expect(readTold({ success: false, code: "expired" })).toEqual({ ok: false, why: "expired" });
  });
});

describe("a wall's language", () => {
  it("is what the address asks for, else the event's, else the browser's", () => {
    expect(wordsFor("?lang=en", "ko", "ko-KR")).toBe(en);
    expect(wordsFor("?lang=xx", "ko", "en-US")).toBe(ko);
    expect(wordsFor("", null, "ko-KR")).toBe(ko);
    expect(wordsFor("", null, "de")).toBe(en);
  });
});
