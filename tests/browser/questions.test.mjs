// Questions on phones: asked, voted up, sorted, answered by the host, taken back.

import assert from "node:assert/strict";
import { opensAsHost } from "./kit/host.mjs";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const row = ({ page }, text) => page.locator(".log .msg", { has: page.locator(".bubble", { hasText: text }) });
const sheet = ({ page }) => page.locator(".sheet");
const listed = (person) =>
  person.page.$$eval(".sheet .questions li", (all) => all.map((one) => one.querySelector(".question-text > span:last-child").textContent));

/** Asks something with the switch beside the composer. */
async function asks(person, text) {
  await person.page.getByRole("button", { name: "질문으로 올리기" }).click();
  await person.page.locator(".composer-ask").waitFor();
  assert.equal(await person.composer.evaluate((box) => box === document.activeElement), true);
  await person.says(text);
  assert.equal(await person.page.locator(".composer-ask").count(), 0, "the next is a message again");
}

/** Opens the list of questions from the room's details. */
async function opensQuestions(person) {
  await person.opensDetails();
  await sheet(person).getByRole("button", { name: "질문", exact: true }).click();
  await sheet(person).locator(".questions").first().waitFor();
}

story("questions are asked, voted up, sorted, answered by the host and taken back", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "발표", history: "all" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const cat = await somebodyIn(room);
  await asks(ann, "점심은 언제예요?");
  await asks(ben, "버스는 몇 시에 와요?");
  await ann.says("저도 궁금해요");
  await ann.fits();
  for (const person of [ann, ben, cat]) await row(person, "버스는").locator(".asked-line").waitFor();
  assert.equal(await row(cat, "저도 궁금해요").locator(".asked-line").count(), 0);

  // One's own question has no button; a vote counts once and can be taken back.
  assert.equal(await row(ann, "점심은").locator(".vote").count(), 0);
  const vote = (person, text) => row(person, text).locator(".vote");
  await vote(cat, "버스는").click();
  await vote(ann, "버스는").click();
  for (const person of [ann, cat]) await vote(person, "버스는").getByText("2").waitFor();
  await row(ben, "버스는").getByText("2표").waitFor();
  assert.equal(await vote(cat, "버스는").getAttribute("aria-pressed"), "true");
  await vote(cat, "버스는").click();
  await row(ben, "버스는").getByText("1표").waitFor();
  assert.equal(await vote(cat, "버스는").getAttribute("aria-pressed"), "false");
  await vote(cat, "버스는").click();
  await row(ben, "버스는").getByText("2표").waitFor();

  // The list, by votes and by time; it votes, too, and leads to the message.
  await opensQuestions(cat);
  await until(async () => assert.deepEqual(await listed(cat), ["버스는 몇 시에 와요?", "점심은 언제예요?"]));
  await cat.fits();
  await sheet(cat).locator("li", { hasText: "점심은" }).locator(".vote").click();
  await sheet(cat).locator("li", { hasText: "점심은" }).locator('.vote[aria-pressed="true"]').waitFor();
  await asks(ann, "비가 오면요?");
  await sheet(cat).getByRole("button", { name: "새로운 순" }).click();
  await until(async () => assert.deepEqual(await listed(cat), ["비가 오면요?", "버스는 몇 시에 와요?", "점심은 언제예요?"]));
  await sheet(cat).getByRole("button", { name: "점심은 언제예요?" }).click();
  await sheet(cat).waitFor({ state: "detached" });
  await cat.page.locator(".found", { hasText: "점심은" }).waitFor();

  // The host marks one as answered, and takes another back.
  const host = await somebody();
  await opensAsHost(host);
  await host.page.locator(".tab", { hasText: "방" }).click();
  await host.page.locator(".card", { hasText: "발표" }).click();
  const asked = (text) => host.page.locator(".report", { hasText: text });
  await asked("버스는").getByText("2표").waitFor();
  await host.fits();
  await asked("버스는").getByRole("button", { name: "답했어요" }).click();
  await host.page.locator("summary", { hasText: "답한 질문 · 1개" }).waitFor();
  for (const person of [ann, ben, cat]) await row(person, "버스는").getByText("답한 질문").waitFor();
  await opensQuestions(cat);
  await sheet(cat).getByRole("button", { name: "표가 많은 순" }).click();
  await until(async () => assert.deepEqual(await listed(cat), ["점심은 언제예요?", "비가 오면요?", "버스는 몇 시에 와요?"]));
  await sheet(cat).getByRole("heading", { name: "답한 질문" }).waitFor();
  await asked("비가 오면요?").locator(".line").click();
  await host.page.locator(".sheet .menu button", { hasText: "메시지 지우기" }).click();
  await host.page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  await until(async () => assert.deepEqual(await listed(cat), ["점심은 언제예요?", "버스는 몇 시에 와요?"]));
  await cat.closesSheet();

  // Whoever comes back sees the same.
  await cat.page.reload();
  await cat.isLive();
  await row(cat, "버스는").locator('.vote[aria-pressed="true"]').getByText("2").waitFor();
  await row(cat, "버스는").getByText("답한 질문").waitFor();
});

story("a question and a vote from while the network was gone are there after it, once", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "발표", history: "all" });
  const ann = await somebodyIn(room);
  await asks(ann, "마이크는 어디 있어요?");
  const ben = await somebodyIn(room);
  await row(ben, "마이크는").locator(".vote").waitFor();
  hub.wire.cut();
  for (const person of [ann, ben]) await person.page.locator(".banner:not(.banner-none)").waitFor();
  await row(ben, "마이크는").locator(".vote").click();
  await ben.page.getByRole("button", { name: "질문으로 올리기" }).click();
  await ben.writes("불은 누가 꺼요?");
  await row(ben, "불은 누가").getByText("질문").waitFor();
  hub.wire.mend();
  await ben.page.reload();
  await ben.isLive();
  await ben.hasSentAll();
  await row(ann, "불은 누가").locator(".vote").waitFor();
  await row(ben, "마이크는").locator(".vote").click();
  await row(ann, "마이크는").getByText("1표").waitFor();
  assert.equal((await ann.said()).filter((text) => text.includes("불은 누가")).length, 1);
});

story("where the host reads questions first they wait, and go into the room or not", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "발표", history: "all" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const host = await somebody();
  await opensAsHost(host);
  await host.page.locator(".tab", { hasText: "방" }).click();
  await host.page.locator(".card", { hasText: "발표" }).click();
  await host.page.getByRole("button", { name: "내가 먼저 읽어요" }).click();
  await host.page.getByRole("button", { name: "내가 먼저 읽어요", pressed: true }).waitFor();
  await ann.page.getByRole("button", { name: "질문으로 올리기" }).click();
  await ann.page.getByRole("textbox", { name: "주최자가 먼저 읽어요" }).waitFor();
  await ann.page.getByRole("button", { name: "질문으로 올리기" }).click();

  const waits = async (person, text) => {
    await person.page.getByRole("button", { name: "질문으로 올리기" }).click();
    await person.writes(text);
    await row(person, text).getByText("주최자가 먼저 읽어요").waitFor();
  };
  await waits(ann, "이건 물어봐도 돼요?");
  await waits(ann, "이건 안 되겠죠?");
  await ann.fits();
  await ben.says("조용하네요");
  assert.equal(await row(ben, "이건").count(), 0, "nobody else reads it");
  await ann.page.reload();
  await ann.isLive();
  await row(ann, "이건 물어봐도").getByText("주최자가 먼저 읽어요").waitFor();

  const waiting = (text) => host.page.locator(".report", { hasText: text });
  await waiting("이건 물어봐도").waitFor();
  await host.fits();
  await waiting("이건 물어봐도").getByRole("button", { name: "올리기" }).click();
  await host.page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  await row(ben, "이건 물어봐도").locator(".vote").waitFor();
  await row(ann, "이건 물어봐도").getByText("0표").waitFor();
  assert.equal(await row(ann, "이건 물어봐도").count(), 1, "it is there once");
  await waiting("이건 안").getByRole("button", { name: "거두기" }).click();
  await host.page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  await host.page.locator("#waiting").waitFor({ state: "detached" });
  await row(ann, "이건 안").getByText("올리지 않았어요").waitFor();
  await ann.page.reload();
  await ann.isLive();
  await row(ann, "이건 안").getByText("올리지 않았어요").waitFor();
});
