// What the host writes in rooms: kept until the hub has taken it, and said once.

import { expect, test } from "vitest";
import { cleaned, Speech } from "../src/host/speech";
import type { Told } from "../src/host/wire";

/** A hub that answers when it is told to. */
function slowHub() {
  const said: string[] = [];
  const answers: Array<(told: Told<unknown> | Error) => void> = [];
  const keys: string[] = [];
  const say = (room: string, content: string, key: string): Promise<Told<unknown>> => {
    said.push(`${room}: ${content}`);
    keys.push(key);
    return new Promise((resolve, reject) => answers.push((told) => (told instanceof Error ? reject(told) : resolve(told))));
  };
  let looks = 0;
  const speech = new Speech(say, () => (looks += 1));
  return { speech, said, keys, answers, looks: () => looks };
}

const OK = { ok: true, data: 1 } as Told<unknown>;

test("what is written stays until it is said, and what is written meanwhile stays, too", async () => {
  const { speech, said, answers, looks } = slowHub();
  speech.write("r", "  welcome ");
  const sent = speech.send("r");
  await speech.send("r");
  expect(said).toEqual(["r: welcome"]);
  speech.write("r", "  welcome and more");
  answers[0]!(OK);
  await sent;
  expect(speech.of("r")).toMatchObject({ text: "and more", isBusy: false, problem: null });
  expect([looks(), speech.of("other").text]).toEqual([1, ""]);
});

test("what the hub does not take stays, with the reason", async () => {
  const { speech, answers, looks } = slowHub();
  const no = { ok: false, code: "expired", message: "It has ended." } as unknown as Told<unknown>;
  for (const [answer, problem] of [[no, no], [new Error("away"), "unanswered"]] as const) {
    speech.write("r", "still here?");
    const sent = speech.send("r");
    answers.pop()!(answer);
    await sent;
    expect(speech.of("r")).toMatchObject({ text: "still here?", problem });
  }
  expect(looks()).toBe(0);
});

test("what may have been said is said again with its key, and anything else with another", async () => {
  const { speech, keys, answers } = slowHub();
  const no = { ok: false, code: "unavailable", message: "" } as unknown as Told<unknown>;
  const away = new Error("away");
  const tries: Array<[string, Told<unknown> | Error]> = [["hi", away], ["hi ", no], ["hi", away], ["hi!", away], ["hi!", OK]];
  for (const [text, answer] of tries) {
    speech.write("r", text);
    const sent = speech.send("r");
    answers.pop()!(answer);
    await sent;
  }
  expect(new Set(keys).size).toBe(3);
  expect([keys[0] === keys[1], keys[1] === keys[2], keys[3] === keys[4]]).toEqual([true, false, true]);
});

test("nothing is not said, and what no message may have is left out", async () => {
  const { speech, said } = slowHub();
  speech.write("r", " \u0007\n ");
  await speech.send("r");
  expect(said).toEqual([]);
  expect(cleaned("a\u0000b\r\nc\td\u0085")).toBe("ab\nc\td");
});
