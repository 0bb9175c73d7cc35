// The hub has a pace, and the page keeps to it by itself: in order, without an error, and with a word when it takes long.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const texts = (count) => Array.from({ length: count }, (_, at) => `${at + 1}번째`);

/** Every status and error that stood beside one's own messages, from now on. */
async function statuses(person) {
  await person.page.evaluate(() => {
    window.statuses = new Set();
    const look = () => document.querySelectorAll(".msg .status, .msg .unsent").forEach((one) => window.statuses.add(one.textContent));
    new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
  });
  return () => person.page.evaluate(() => [...window.statuses]);
}

story("more at once than the hub takes", { COLAHUB_LIMITS_EVENTS: "4/s burst 8" }, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "빠른 손" });
  const ben = await somebodyIn(room);
  const ann = await somebodyIn(room);
  const told = await statuses(ann);
  for (const text of texts(20)) await ann.writes(text);
  await ann.hasSentAll();
  assert.deepEqual(await ann.said(), texts(20));
  await ben.sees("20번째");
  assert.deepEqual(await ben.said(), texts(20));
  assert.deepEqual(await told(), ["보내는 중"], "a short wait is nobody's business");
});

story("a long wait is told, and ends by itself", { COLAHUB_LIMITS_EVENTS: "10/min burst 8" }, async (kit) => {
  const { hub, somebodyIn } = kit;
  const room = await hub.makeRoom({ title: "천천히" });
  const ann = await somebodyIn(room);
  for (const text of texts(9)) await ann.writes(text);
  await ann.page.locator(".msg .status", { hasText: "조금 뒤에 보내요" }).first().waitFor();
  assert.equal(await ann.page.locator(".msg.failed").count(), 0);
  await ann.fits();
  // The written messages are kept meanwhile, over a reload too.
  await ann.page.reload();
  await ann.isLive();
  // One goes out every six seconds.
  await until(async () => assert.equal(await ann.page.locator(".msg.sending, .msg.failed").count(), 0));
  assert.deepEqual(await ann.said(), texts(9));
});
