// What the host writes in rooms: kept until the hub has taken it, and said once.

import { expect, test } from "vitest";
import { cleaned, Speech } from "../src/host/speech";
import type { Told } from "../src/host/wire";

/** A hub that answers when it is told to. */
function slowHub() {
  const said: string[] = [];
  const answers: Array<(told: Told<unknown> | Error) => void> = [];
  const say = (room: string, content: string): Promise<Told<unknown>> => {
    said.push(`${room}: ${content}`);
    return new Promise((resolve, reject) => answers.push((told) => (told instanceof Error ? reject(told) : resolve(told))));
  };
  let looks = 0;
  const speech = new Speech(say, () => (looks += 1));
  return { speech, said, answers, looks: () => looks };
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

test("nothing is not said, and what no message may have is left out", async () => {
  const { speech, said } = slowHub();
  speech.write("r", " \u0007\n ");
  await speech.send("r");
  expect(said).toEqual([]);
  expect(cleaned("a\u0000b\r\nc\td\u0085")).toBe("ab\nc\td");
});
