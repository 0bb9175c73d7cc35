// A conversation that others join: its history, answers, reactions, names, and a slip that is taken back.

import assert from "node:assert/strict";
import { story } from "./kit/story.mjs";

const menu = ({ page }) => page.locator(".sheet .menu");
const row = ({ page }, text) => page.locator(".log .msg", { has: page.locator(".bubble", { hasText: text }) });

/** Opens the menu of a message, by its button. */
async function opens(person, text) {
  await row(person, text).locator(".bubble").hover();
  await person.page.locator(".log-menu").click();
  await menu(person).waitFor();
}

async function picks(person, text, action) {
  await opens(person, text);
  await menu(person).getByRole("button", { name: action }).click();
}

async function reacts(person, text, emoji) {
  await opens(person, text);
  await person.page.locator(".sheet .react").getByRole("button", { name: emoji }).click();
  await menu(person).waitFor({ state: "detached" });
}

story("a newcomer reads on, answers, reacts, is named and takes a slip back", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "분실물", history: "all" });
  const ann = await somebodyIn(room);
  await ann.says("우산 주운 분 있나요?");
  await ann.says("검은색이에요");
  // Comes later, and reads what was said before.
  const ben = await somebodyIn(room);
  await ben.sees("우산 주운 분 있나요?");
  await picks(ben, "우산 주운 분 있나요?", "답하기");
  await ben.page.locator(".composer-answer", { hasText: "우산 주운 분 있나요?" }).waitFor();
  await ben.fits();
  await ben.says("안내소에 있어요");
  assert.equal(await ben.page.locator(".composer-answer").count(), 0);
  for (const person of [ann, ben]) {
    const answered = row(person, "안내소에 있어요").locator(".answered", { hasText: "우산 주운 분 있나요?" });
    await answered.waitFor();
    await person.fits();
    await answered.click();
  }

  await reacts(ben, "검은색이에요", "👍");
  await row(ann, "검은색이에요").locator(".reacted button", { hasText: "👍 1" }).click();
  for (const person of [ann, ben]) await row(person, "검은색이에요").locator(".reacted", { hasText: "👍 2" }).waitFor();
  const mine = row(ann, "검은색이에요").locator(".reacted button");
  assert.equal(await mine.getAttribute("aria-pressed"), "true");
  await ann.fits();

  const called = (await row(ann, "안내소에 있어요").locator(".who").innerText()).trim();
  const box = ann.page.locator(".composer textarea");
  await box.pressSequentially(`@${called.slice(0, 1)}`);
  const option = ann.page.getByRole("option", { name: called });
  await option.waitFor();
  await ann.fits();
  assert.equal(await box.getAttribute("aria-activedescendant"), await option.getAttribute("id"));
  await box.press("Enter");
  assert.equal(await box.inputValue(), `@${called} `);
  await box.pressSequentially("고마워요");
  await box.press("Enter");
  await ann.hasSentAll();
  await row(ben, "고마워요").and(ben.page.locator(".names-me")).waitFor();

  await ben.says("제 번호는 010-1234");
  await ann.sees("제 번호는 010-1234");
  await picks(ben, "제 번호는 010-1234", "보내기 취소");
  for (const person of [ann, ben]) await person.page.locator(".bubble.taken-back", { hasText: "지운 메시지예요" }).waitFor();
  assert.equal((await ann.said()).includes("제 번호는 010-1234"), false);

  // Who was away sees the same after the return, also after the hub was killed.
  await ben.page.reload();
  await ben.isLive();
  await row(ben, "검은색이에요").locator(".reacted", { hasText: "👍 2" }).waitFor();
  assert.deepEqual(await ben.said(), await ann.said());
});

story("reactions that changed while the network was gone are there after it", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "점심", history: "all" });
  const ann = await somebodyIn(room);
  await ann.says("커피 나왔어요");
  const ben = await somebodyIn(room);
  await reacts(ben, "커피 나왔어요", "🎉");
  await row(ann, "커피 나왔어요").locator(".reacted", { hasText: "🎉 1" }).waitFor();
  hub.wire.cut();
  for (const person of [ann, ben]) await person.page.locator(".banner:not(.banner-none)").waitFor();
  // A tap meanwhile is heard afterwards.
  await row(ben, "커피 나왔어요").locator(".reacted button").click();
  hub.wire.mend();
  await row(ann, "커피 나왔어요").locator(".reacted button").waitFor({ state: "detached" });
  await row(ben, "커피 나왔어요").locator(".reacted button").waitFor({ state: "detached" });
});
