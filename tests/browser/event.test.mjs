// The event file on the host's page: downloaded, shown before it is applied, and refused line by line.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { opensAsHost } from "./kit/host.mjs";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const CAMP = `title = "겨울 캠프"

[[rooms]]
title = "광장"
was = "자유롭게 이야기해요"

[[rooms]]
title = "진행팀"
password = "모닥불"

[[announcements]]
text = "점심은 12시"
`;

const file = (name, text) => ({ name, mimeType: "application/toml", buffer: Buffer.from(text) });

/** Opens the sheet of the event file. */
async function opensEvent(host) {
  await opensAsHost(host);
  await host.page.locator(".tab", { hasText: "방" }).click();
  await host.page.getByRole("button", { name: "행사 파일" }).click();
}

story("a host applies an event file after seeing what it changes, and people see the event", {}, async (kit) => {
  const { somebody } = kit;
  const ann = await somebody();
  await ann.opens("/");
  const host = await somebody();
  await opensEvent(host);
  const { page } = host;
  const sheet = page.locator(".sheet");

  // A slip of the pen changes nothing.
  await page.locator("#event-file").setInputFiles(file("camp.toml", CAMP.replace("password", "pasword")));
  await sheet.locator(".event-slips li").waitFor();
  const slips = await sheet.locator(".event-slips li").allInnerTexts();
  assert.deepEqual(slips, ['9번째 줄: [[rooms]]에는 "pasword"라는 항목이 없습니다. 혹시 password인가요?']);
  assert.equal(await sheet.locator(".primary").count(), 0, "nothing can be applied");
  await host.fits();

  // What it would change is shown; then it is meant.
  await page.locator("#event-file").setInputFiles(file("camp.toml", CAMP));
  await sheet.locator(".event-steps li").nth(3).waitFor();
  const steps = (await sheet.locator(".event-steps li").allInnerTexts()).map((step) => step.replace(/[\u2068\u2069]/g, ""));
  assert.deepEqual(steps, [
    "제목: 겨울 캠프",
    "자유롭게 이야기해요: 광장, 로비에서의 자리",
    "새 방: 진행팀",
    "공지: 점심은 12시 (모든 방)",
  ]);
  await host.fits();
  assert.equal(await ann.page.locator(".brand").innerText(), "여름 캠프", "nothing has changed yet");
  await sheet.getByRole("button", { name: "이대로 바꾸기" }).click();
  await sheet.getByText("4가지를 바꿨어요:").waitFor();
  await host.fits();
  await until(async () => assert.equal(await ann.page.locator(".brand").innerText(), "겨울 캠프"));
  const titles = await ann.page.locator(".card-title").allInnerTexts();
  assert.deepEqual(titles, ["광장", "진행팀"], "in the order of the file");
  await ann.page.getByText("점심은 12시").waitFor();

  // What is there, as a file, changes nothing.
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    sheet.getByRole("button", { name: "지금 모습 내려받기" }).click(),
  ]);
  assert.equal(download.suggestedFilename(), "event.toml");
  const text = readFileSync(await download.path(), "utf8");
  assert.match(text, /^title = "겨울 캠프"$/m);
  assert.doesNotMatch(text, /모닥불/);
  await page.locator("#event-file").setInputFiles(file("event.toml", text));
  await sheet.getByText("바꿀 것이 없어요").waitFor();
  assert.equal(await sheet.locator(".primary").count(), 0);
});

story("a host asks the polls that a file has prepared, one tap each, and drops one", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "광장", history: "all" });
  const ann = await somebodyIn(room);
  const host = await somebody();
  await opensEvent(host);
  const { page } = host;
  const sheet = page.locator(".sheet");
  const asked = ["무엇을 먹을까요?", "어디로 갈까요?", "누가 노래할까요?"];
  const text = asked.map((question) => `[[polls]]\nquestion = "${question}"\noptions = ["이것", "저것"]\n`).join("");
  const applies = async () => {
    await page.locator("#event-file").setInputFiles(file("polls.toml", text));
    await sheet.locator(".event-found p").first().waitFor();
  };
  await applies();
  await sheet.locator(".event-steps li", { hasText: "준비한 투표: \u2068무엇을 먹을까요?\u2069 (모든 방)" }).waitFor();
  await sheet.getByRole("button", { name: "이대로 바꾸기" }).click();
  await sheet.getByText("3가지를 바꿨어요:").waitFor();
  await page.keyboard.press("Escape");
  await sheet.waitFor({ state: "detached" });

  await page.locator(".tab", { hasText: "지금" }).click();
  const waiting = () => page.locator(".prepared li .line-body > p:first-child").allInnerTexts();
  await until(async () => assert.deepEqual(await waiting(), asked, "in the order of the file"));
  assert.equal(await ann.page.locator(".poll").count(), 0, "people see nothing of it");
  await host.fits();
  await page.locator(".prepared li", { hasText: "무엇을 먹을까요?" }).locator("button.primary").click();
  await ann.page.locator(".poll", { hasText: "무엇을 먹을까요?" }).waitFor();
  await until(async () => assert.deepEqual(await waiting(), asked.slice(1)));
  await page.locator(".polls-now .poll-bars").first().waitFor();
  await page.locator(".prepared li", { hasText: "누가 노래할까요?" }).locator("button:not(.primary)").click();
  await until(async () => assert.deepEqual(await waiting(), ["어디로 갈까요?"]));

  // The same file prepares again only what nobody was asked.
  await page.locator(".tab", { hasText: "방" }).click();
  await page.getByRole("button", { name: "행사 파일" }).click();
  await applies();
  await sheet.locator(".event-steps li", { hasText: "누가 노래할까요?" }).waitFor();
  assert.equal(await sheet.locator(".event-steps li").count(), 1);
});

story("a file that is too large for the network is refused with the way to apply it", {}, async ({ somebody }) => {
  const host = await somebody();
  await opensEvent(host);
  await host.page.locator("#event-file").setInputFiles(file("long.toml", `# ${"가".repeat(8_000)}`));
  await host.page.locator(".event-slips li", { hasText: "colahub event apply" }).waitFor();
});

story("a phone with another language than the page's speaks the hub's", {}, async ({ hub, somebody }) => {
  const ann = await somebody({ locale: "ja-JP" });
  await ann.opens("/");
  const language = () => ann.page.evaluate(() => document.documentElement.lang);
  await until(async () => assert.equal(await language(), "ko", "as the hub"));
  const folder = mkdtempSync(path.join(tmpdir(), "event-"));
  writeFileSync(path.join(folder, "event.toml"), 'language = "en"');
  await hub.host("event", "apply", path.join(folder, "event.toml"));
  rmSync(folder, { recursive: true });
  await ann.page.reload();
  await until(async () => assert.equal(await language(), "en", "as the event"));
});
