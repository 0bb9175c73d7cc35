import { describe, expect, it } from "vitest";
import { emptyLog, fill, hasGap, hasOlder, newest, open, prepend, react, receive, takeBack, type Log } from "../src/store/log";
import { range, said } from "./kit";

const seqs = (log: Log): number[] => log.messages.map((message) => message.seq);
const many = (from: number, to: number) => range(from, to).map((seq) => said(seq));
const opened = open(emptyLog, many(11, 20), 20, true, 1);

describe("the log", () => {
  it("opens with the newest page and knows that there is more", () => {
    expect(seqs(opened)).toEqual(range(11, 20));
    expect(hasOlder(opened)).toBe(true);
    expect(hasOlder(open(emptyLog, many(1, 3), 3, false, 1))).toBe(false);
  });

  it("keeps the newest of a long one, and knows that there is more", () => {
    const short = newest(open(emptyLog, many(1, 20), 20, false, 1), 5);
    expect(seqs(short)).toEqual(range(16, 20));
    expect(hasOlder(short)).toBe(true);
    expect(seqs(receive(short, said(21)))).toEqual(range(16, 21));
    expect(newest(opened, 6)).toBe(opened);
  });

  it("keeps what came before its first page, once", () => {
    let log = receive(receive(emptyLog, said(20)), said(21));
    log = open(log, many(11, 20), 20, true, 1);
    expect(seqs(log)).toEqual(range(11, 21));
    expect(hasGap(log)).toBe(false);
  });

  it("shows nobody an answer before its question", () => {
    let log = receive(opened, said(22));
    expect(seqs(log)).toEqual(range(11, 20));
    expect(hasGap(log)).toBe(true);
    log = receive(log, said(21));
    expect(seqs(log)).toEqual(range(11, 22));
    expect(hasGap(log)).toBe(false);
  });

  it("takes everything once, however often it comes", () => {
    let log = opened;
    for (const seq of [21, 21, 23, 23, 15, 22, 23, 21]) log = receive(log, said(seq));
    expect(seqs(log)).toEqual(range(11, 23));
  });

  it("fills a gap over several pages, in order", () => {
    let log = receive(opened, said(30));
    log = fill(log, many(21, 25), false);
    expect(seqs(log)).toEqual(range(11, 25));
    log = fill(log, many(26, 30), true);
    expect(seqs(log)).toEqual(range(11, 30));
    expect(hasGap(log)).toBe(false);
  });

  it("steps over a seq that the hub says is empty", () => {
    let log = receive(opened, said(22));
    log = fill(log, [], true);
    expect(seqs(log)).toEqual([...range(11, 20), 22]);
    expect(seqs(receive(log, said(23)))).toEqual([...range(11, 20), 22, 23]);
  });

  it("puts older pages in front and stops at the first one", () => {
    let log = prepend(opened, many(6, 10), true);
    expect(seqs(log)).toEqual(range(6, 20));
    expect(hasOlder(log)).toBe(true);
    log = prepend(log, many(1, 5), false);
    expect(seqs(log)).toEqual(range(1, 20));
    expect(hasOlder(log)).toBe(false);
  });

  it("shows no more what was taken back, nor what of it was still on its way", () => {
    const contents = (log: Log): string[] => log.messages.map((message) => message.content);
    let log = takeBack(receive(opened, said(22)), [20, 21, 22, 9]);
    expect(takeBack(log, [9, 20])).toBe(log);
    log = fill(log, many(21, 22), true);
    expect(contents(log).slice(-4)).toEqual(["m19", "", "", ""]);
    log = prepend(log, many(8, 10), true);
    expect(contents(log).slice(0, 3)).toEqual(["m8", "", "m10"]);
    expect(log.messages.filter((message) => message.takenBack).map((message) => message.seq)).toEqual([9, 20, 21, 22]);
    expect(seqs(log)).toEqual(range(8, 22));
  });

  it("survives any order of any losses and repeats", () => {
    // A small generator of its own, so that a failure can be repeated.
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) & 0x7fffffff) % below;
    for (let round = 0; round < 200; round += 1) {
      let log = open(emptyLog, many(1, 5), 5, false, 1);
      for (let step = 0; step < 60; step += 1) log = receive(log, said(1 + random(40)));
      log = fill(log, many((log.upTo ?? 0) + 1, 40), true);
      expect(seqs(log)).toEqual(range(1, 40));
    }
  });
});

describe("reactions and answers in the log", () => {
  const at = (log: Log, seq: number) => log.messages.find((message) => message.seq === seq)!;

  it("shows the reactions that came last, and keeps one's own where they are not told", () => {
    let log = react(opened, { seq: 12, reactions: { "👍": 1 }, mine: ["👍"] });
    expect(at(log, 12)).toMatchObject({ reactions: { "👍": 1 }, mine: ["👍"] });
    log = react(log, { seq: 12, reactions: { "👍": 2 } });
    expect(at(log, 12)).toMatchObject({ reactions: { "👍": 2 }, mine: ["👍"] });
    expect(react(opened, { seq: 99, reactions: { "👍": 1 } }).messages).toBe(opened.messages);
  });

  it("shows nothing any more of what was taken back, also where it is answered", () => {
    const quote = { seq: 12, chatter: null, excerpt: "m12", takenBack: false };
    let log = react(opened, { seq: 12, reactions: { "👍": 1 } });
    log = receive(log, { ...said(21), replyTo: quote });
    log = takeBack(log, [12]);
    expect(at(log, 12)).toEqual({ ...said(12), content: "", takenBack: true });
    expect(at(log, 21).replyTo).toMatchObject({ excerpt: "", takenBack: true });
    log = receive(log, { ...said(22), replyTo: quote });
    expect(at(log, 22).replyTo).toMatchObject({ excerpt: "", takenBack: true });
    expect(react(log, { seq: 12, reactions: { "👍": 2 } }).messages).toBe(log.messages);
  });
});
