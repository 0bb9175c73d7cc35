// A poll, from the host's phone to everybody's: made, voted, changed, closed, and kept.

import assert from "node:assert/strict";
import { opensAsHost } from "./kit/host.mjs";
import { story } from "./kit/story.mjs";

const poll = ({ page }, question) => page.locator(".poll", { hasText: question });
const answer = (person, question, text) => poll(person, question).locator(".ballot-answer", { hasText: text });
const counts = (person, question) => poll(person, question).locator(".poll-bars .poll-count").allTextContents();
const sees = (person, question, count) =>
  poll(person, question).locator(".poll-bars .poll-count", { hasText: count }).first().waitFor();

async function votes(person, question, text) {
  await answer(person, question, text).locator("input").check();
  await poll(person, question).locator(".ballot .primary").click();
  await poll(person, question).locator(".poll-bars").waitFor();
}

story("the host asks from a phone, three people vote and change their minds, and the result stays", {}, async (kit) => {
  const { hub, somebody, somebodyIn } = kit;
  const room = await hub.makeRoom({ title: "광장", history: "all" });
  const [ann, ben, cat] = [await somebodyIn(room), await somebodyIn(room), await somebodyIn(room)];
  const host = await somebody();
  await opensAsHost(host);
  const { page } = host;

  await page.locator(".polls-now > .button").click();
  await page.locator(".sheet .primary").click();
  await page.locator(".sheet .problem", { hasText: "질문을 적어 주세요." }).waitFor();
  await page.locator("#poll-question").fill("저녁에 무엇을 할까요?");
  await page.getByLabel("답 1", { exact: true }).fill("별 보기");
  await page.getByLabel("답 2", { exact: true }).fill("모닥불");
  await page.getByRole("button", { name: "답 더하기" }).click();
  await page.getByLabel("답 3", { exact: true }).fill("별 보기");
  await page.locator(".sheet .primary").click();
  await page.locator(".sheet .problem", { hasText: "같은 답이" }).waitFor();
  await page.getByLabel("답 3", { exact: true }).fill("일찍 자기");
  await page.locator(".chip", { hasText: "투표한 뒤에 보임" }).click();
  await host.fits();
  await page.locator(".sheet .primary").click();
  await page.locator(".sheet").waitFor({ state: "detached" });

  const asked = "저녁에 무엇을 할까요?";
  for (const person of [ann, ben, cat]) await answer(person, asked, "모닥불").waitFor();
  await ann.page.locator(".notice.announcement", { hasText: asked }).waitFor();
  assert.equal(await poll(ann, asked).locator(".poll-count").count(), 0, "nobody sees votes before they have voted");
  await poll(ann, asked).locator(".ballot .primary").click();
  await poll(ann, asked).locator(".problem", { hasText: "답을 골라 주세요." }).waitFor();
  // With the keyboard alone.
  await answer(ann, asked, "별 보기").locator("input").focus();
  await ann.page.keyboard.press("ArrowDown");
  await ann.page.keyboard.press("Enter");
  await sees(ann, asked, "1표 (100%)");
  assert.deepEqual(await counts(ann, asked), ["0표 (0%)", "1표 (100%)", "0표 (0%)"]);
  await votes(ben, asked, "별 보기");
  await sees(ann, asked, "1표 (50%)");
  assert.equal(await poll(cat, asked).locator(".poll-count").count(), 0);
  await poll(cat, asked).locator(".poll-facts", { hasText: "2명 참여" }).waitFor();
  await page.locator(".polls-now .poll-count", { hasText: "1표 (50%)" }).first().waitFor();

  // Changed, taken back, given again; a reload knows it.
  await poll(ben, asked).getByRole("button", { name: "바꾸기" }).click();
  await votes(ben, asked, "모닥불");
  await sees(ann, asked, "2표 (100%)");
  await poll(ben, asked).getByRole("button", { name: "바꾸기" }).click();
  await poll(ben, asked).getByRole("button", { name: "내 표 거두기" }).click();
  await sees(ann, asked, "1표 (100%)");
  await votes(ben, asked, "일찍 자기");
  await votes(cat, asked, "모닥불");
  await ann.page.reload();
  await ann.isLive();
  await poll(ann, asked).locator(".poll-mine", { hasText: "모닥불" }).waitFor();
  await sees(ann, asked, "2표 (67%)");
  for (const person of [ann, cat]) await person.fits();

  // Folded, it leaves the room to the log.
  await poll(cat, asked).locator("[aria-expanded=true]").click();
  await poll(cat, asked).locator(".poll-body").waitFor({ state: "hidden" });
  await poll(cat, asked).locator("[aria-expanded=false]").click();

  await page.locator(".polls-now li .button", { hasText: "닫기" }).click();
  await page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  for (const person of [ann, ben, cat]) {
    await poll(person, asked).locator(".poll-facts", { hasText: "끝났어요" }).waitFor();
    assert.deepEqual(await counts(person, asked), ["0표 (0%)", "2표 (67%)", "1표 (33%)"]);
  }
  await ann.page.locator(".notice.announcement", { hasText: "투표 결과" }).waitFor();
  await page.locator(".polls-now summary", { hasText: "끝난 투표 1개" }).waitFor();
  await poll(ann, asked).locator(".round").click();
  await ann.page.locator(".polls").waitFor({ state: "detached" });
  await ann.opensDetails();
  await ann.page.locator(".poll-history summary", { hasText: asked }).click();
  await ann.page.locator(".poll-history .poll-count", { hasText: "2표 (67%)" }).waitFor();
  await ann.fits();
});

story("a poll that is seen at the end shows nothing before, also in English, and to several rooms", {}, async (kit) => {
  const { hub, somebody, somebodyIn } = kit;
  const [room, other] = [await hub.makeRoom({ title: "광장" }), await hub.makeRoom({ title: "조용한 방" })];
  const ann = await somebodyIn(room);
  const eve = await somebody({ locale: "en-US" });
  await eve.enters(other);
  await hub.host("poll", "add", "Which songs?", "One", "Two", "Three", "--multiple", "--results", "at-end");
  for (const text of ["One", "Three"]) await answer(eve, "Which songs?", text).locator("input").check();
  await poll(eve, "Which songs?").getByRole("button", { name: "Vote" }).click();
  await poll(eve, "Which songs?").locator(".poll-facts", { hasText: "the votes are shown when it closes" }).waitFor();
  await poll(ann, "Which songs?").locator(".poll-facts", { hasText: "1명 참여" }).waitFor();
  assert.equal(await ann.page.locator(".poll-count").count(), 0);
  const [{ id }] = JSON.parse(await hub.host("poll", "list", "--json"));
  await hub.host("poll", "close", id);
  for (const person of [ann, eve]) await poll(person, "Which songs?").locator(".poll-bars progress").first().waitFor();
  assert.deepEqual(await counts(eve, "Which songs?"), ["1 vote (100%)", "0 votes (0%)", "1 vote (100%)"]);
});
