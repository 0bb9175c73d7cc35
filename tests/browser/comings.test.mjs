// People who come and go are told of quietly.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { crowd } from "./kit/talk.mjs";

/** The quiet lines about people, as somebody reads them. */
const lines = (person) =>
  person.page.$$eval(".log .notice[data-seq]", (all) => all.map((line) => line.textContent.replace(/[\u2066-\u2069]/g, "")));

story("somebody who is away for less than a minute is not announced, and was not gone", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "약한 와이파이" });
  const ann = await somebodyIn(room);
  await ann.says("누구 있어요?");
  const ben = await somebodyIn(room);
  const name = await ben.name();
  await until(async () => assert.equal((await lines(ann))[1], `${name}님이 들어왔어요`));
  await ben.opensDetails();
  await ben.page.getByRole("button", { name: "방 나가기" }).click();
  await until(async () => assert.equal((await lines(ann))[1], "1명이 들어오고 1명이 나갔어요"));
  await ben.enters(room);
  await until(async () => assert.equal((await lines(ann))[1], `${name}님이 들어왔어요`));
  assert.equal((await lines(ann)).length, 2);
  assert.equal((await lines(ben)).length, 1, "one's own name is told once");
});

story("many who come and go are one line, which tells their names to fingers and keys", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "들락날락" });
  const ann = await somebodyIn(room);
  await ann.says("누구 있어요?");
  const line = ann.page.locator(".log button.comings");
  await crowd(hub.direct, room, 5, async () => {
    await until(async () => assert.match(await line.textContent(), /님 외 4명이 들어왔어요/));
  });
  await until(async () => assert.equal(await line.textContent(), "5명이 들어오고 5명이 나갔어요"));
  assert.equal(await line.getAttribute("aria-expanded"), "false");
  await line.focus();
  await ann.page.keyboard.press("Enter");
  assert.equal(await line.getAttribute("aria-expanded"), "true");
  const told = (await ann.page.locator(".comings ~ p").allTextContents()).map((text) => text.split(", ").length);
  assert.deepEqual(told, [5, 5]);
  await ann.fits();
  await line.click();
  assert.equal(await ann.page.locator(".comings ~ p").count(), 0);
});
