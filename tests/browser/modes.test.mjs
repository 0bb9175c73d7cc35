// The ladder of a room, as people with phones see it: calm words, a count of seconds, and nothing lost.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const slowLine = ({ page }) => page.locator(".slow");
const sets = (hub, room, ...words) => hub.host("room", "mode", room.code, ...words);

story("a slow room counts down to one's turn, keeps what is written and sends it then", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "북적북적" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await sets(hub, room, "slow", "--every", "3600");
  for (const person of [ann, ben]) await slowLine(person).filter({ hasText: "한 사람이 60:00에 한 번" }).waitFor();
  await ann.says("첫마디");
  await ben.sees("첫마디");
  await slowLine(ann).filter({ hasText: /다음 메시지까지 59:\d\d/ }).waitFor();
  const before = await slowLine(ann).textContent();
  await until(async () => assert.notEqual(await slowLine(ann).textContent(), before, "it counts"));
  await slowLine(ben).filter({ hasText: "한 번" }).waitFor();
  await ann.writes("둘째 마디");
  await ann.page.locator(".msg.sending .status", { hasText: "차례가 되면 보내요" }).waitFor();
  await ann.fits();

  // A page that is opened anew has forgotten when it is its turn; the hub tells.
  await ann.page.reload();
  await ann.isLive();
  await slowLine(ann).filter({ hasText: "다음 메시지까지" }).waitFor();
  assert.equal(await ann.page.locator(".msg.failed").count(), 0);
  await sets(hub, room, "slow", "--every", "1");
  await ann.hasSentAll();
  await ben.sees("둘째 마디");
  await ann.writes("셋째");
  await ann.writes("넷째");
  await ben.sees("넷째");
  await sets(hub, room, "open");
  await slowLine(ann).waitFor({ state: "detached" });
  assert.deepEqual(await ben.said(), ["첫마디", "둘째 마디", "셋째", "넷째"]);
});

story("a room for reading says so where one writes, goes on live, and takes reactions", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "발표", history: "all" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ben.says("자료는 여기 있어요");
  await ann.sees("자료는");
  await ann.composer.fill("반쯤 쓴 말");
  await sets(hub, room, "read_only");
  const reading = ({ page }) => page.locator(".for-reading[role=status]", { hasText: "읽기만 하는 방이에요" });
  for (const person of [ann, ben]) await reading(person).waitFor();
  assert.equal(await ann.composer.count(), 0);
  await ann.fits();

  await ann.page.locator(".log .bubble", { hasText: "자료는" }).hover();
  await ann.page.locator(".log-menu").click();
  await ann.page.locator(".sheet .menu").waitFor();
  assert.equal(await ann.page.locator(".sheet .icon-answer").count(), 0, "nothing to answer with");
  await ann.page.locator(".sheet .react button").first().click();
  await ben.page.locator(".reacted button").waitFor();

  const eve = await somebody({ locale: "en-US" });
  await eve.opens(`/r/${room.code}`);
  await eve.page.locator(".for-reading", { hasText: "for reading at the moment" }).waitFor();
  await eve.sees("자료는");
  await ann.page.locator(".notice", { hasText: "들어왔어요" }).last().waitFor();

  await sets(hub, room, "open");
  assert.equal(await ann.composer.inputValue(), "반쯤 쓴 말");
  await ann.composer.press("Enter");
  await ben.sees("반쯤 쓴 말");
  await eve.isLive();
});
