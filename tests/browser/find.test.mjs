// Searching a room, and places far back: what was found, the way there, and the way to the newest again.

import assert from "node:assert/strict";
import { DESK, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

/** Nobody is told that they talk too fast. */
const QUICK = { COLAHUB_LIMITS_PROFILE: "off" };

const found = ({ page }) => page.locator(".found-list button");
const status = ({ page }) => page.locator(".find-status");
const row = ({ page }, text) => page.locator(".log .msg", { has: page.locator(".bubble", { hasText: text }) });
const toNewest = ({ page }) => page.locator(".to-newest");

async function opensSearch(person) {
  await person.page.getByRole("button", { name: /메시지 찾기|Find messages/ }).click();
  await person.page.locator(".find input").waitFor();
}

async function searches(person, text) {
  await person.page.locator(".find input").fill(text);
  await person.page.keyboard.press("Enter");
  await status(person).and(person.page.locator(":not(:empty)")).waitFor();
  await person.page.waitForSelector(".found-list[aria-busy=false]", { state: "attached" });
}

/** The seqs that are shown, which must be in order. */
async function seqs(person) {
  const all = (await person.rows()).map(([seq]) => seq);
  assert.deepEqual(all, [...all].sort((a, b) => a - b));
  assert.equal(new Set(all).size, all.length);
  return all;
}

/** Where a message stands: within the log. */
async function isInView(person, text) {
  await row(person, text).first().waitFor();
  await until(async () => {
    const [log, one] = [await person.page.locator(".log").boundingBox(), await row(person, text).first().boundingBox()];
    assert.ok(one.y >= log.y && one.y + one.height <= log.y + log.height, `${text} is in view`);
  });
}

story("a word from long ago is found, and led to, and back", QUICK, async ({ hub, somebodyIn, talker }) => {
  const room = await hub.makeRoom({ title: "긴 하루", history: "all" });
  const ben = await talker(room);
  await ben.says("2층 회의실에서 만나요");
  await ben.says("Bring COFFEE to the 회의실");
  await ben.saysMany(300, (n) => `이야기 ${n}`);
  const ann = await somebodyIn(room);
  assert.equal(await row(ann, "2층 회의실").count(), 0, "it is not here yet");

  await opensSearch(ann);
  await ann.fits();
  await searches(ann, "회의실");
  assert.match(await status(ann).textContent(), /2개 찾았어요/);
  assert.deepEqual(await ann.page.locator(".found-list mark").allTextContents(), ["회의실", "회의실"]);
  await ann.fits();
  await searches(ann, "  coffee ");
  assert.deepEqual(await ann.page.locator(".found-list mark").allTextContents(), ["COFFEE"]);
  await searches(ann, "없는 말");
  assert.equal(await status(ann).textContent(), "그런 메시지가 없어요.");
  await searches(ann, "회의실");
  await found(ann).last().click();
  await isInView(ann, "2층 회의실에서 만나요");
  const far = await seqs(ann);
  assert.ok(far[far.length - 1] < 100, `a stretch far back: ${far}`);
  assert.equal(await row(ann, "이야기 300").count(), 0);

  // What comes meanwhile is counted, and not drawn among what is old.
  await ben.says("새로 온 말");
  await toNewest(ann).getByText("새 메시지 1개").waitFor();
  assert.equal(await row(ann, "새로 온 말").count(), 0);
  await seqs(ann);

  // Reading on, down to where the log begins, without a hole.
  for (let last = 0; last < 250; ) {
    await ann.page.locator(".log").evaluate((log) => (log.scrollTop = log.scrollHeight));
    await until(async () => assert.ok((await seqs(ann)).at(-1) > last || (await row(ann, "새로 온 말").count()) > 0));
    const all = await seqs(ann);
    assert.equal(all.at(-1) - all[0], all.length - 1, "without a hole");
    last = all.at(-1);
  }
  await opensSearch(ann);
  assert.equal(await found(ann).count(), 2, "what was found is there again");
  await found(ann).first().click();
  await isInView(ann, "Bring COFFEE");
  await toNewest(ann).click();
  await isInView(ann, "새로 온 말");
  await until(async () => assert.equal(await toNewest(ann).count(), 0));
  await ann.says("ok");
  await isInView(ann, "ok");
});

story("messages that arrive while one reads far back are at the newest end, also after a lost network", QUICK, async (stage) => {
  const { hub, somebodyIn, talker } = stage;
  const room = await hub.makeRoom({ title: "끊김", history: "all" });
  const ben = await talker(room);
  await ben.says("처음 한 말");
  await ben.saysMany(200, (n) => `이야기 ${n}`);
  const ann = await somebodyIn(room);
  await opensSearch(ann);
  await searches(ann, "처음");
  await found(ann).first().click();
  await isInView(ann, "처음 한 말");

  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await ben.saysMany(5, (n) => `그사이 ${n}`);
  hub.wire.mend();
  await toNewest(ann).getByText("새 메시지 5개").waitFor();
  await isInView(ann, "처음 한 말");
  assert.equal(await row(ann, "그사이").count(), 0);
  // To write is to be at the newest.
  await ann.says("다시 왔어요");
  await isInView(ann, "다시 왔어요");
  const all = await ann.rows();
  assert.deepEqual(
    all.slice(-6).map(([, text]) => text),
    ["그사이 1", "그사이 2", "그사이 3", "그사이 4", "그사이 5", "다시 왔어요"],
  );
  await seqs(ann);
});

story("there are more than fit on a page, and the focus goes along", QUICK, async ({ hub, somebodyIn, talker }) => {
  const room = await hub.makeRoom({ title: "많이", history: "all" });
  const ben = await talker(room);
  await ben.saysMany(45, (n) => `점심 ${n}`);
  const ann = await somebodyIn(room, { viewport: DESK, locale: "en-US" });
  const { page } = ann;
  await opensSearch(ann);
  assert.ok(await page.locator(".find input").evaluate((one) => one === document.activeElement), "one can type at once");
  await page.keyboard.type("점심");
  await page.keyboard.press("Enter");
  await status(ann).getByText("The newest 20 found").waitFor();
  const older = page.getByRole("button", { name: "Look further back" });
  await older.focus();
  await page.keyboard.press("Enter");
  await status(ann).getByText("The newest 40 found").waitFor();
  await until(async () => assert.ok(await found(ann).nth(20).evaluate((one) => one === document.activeElement)));
  await older.click();
  await status(ann).getByText("45 found").waitFor();
  assert.equal(await older.count(), 0);
  await until(async () => assert.ok(await found(ann).nth(40).evaluate((one) => one === document.activeElement)));
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowUp");
  assert.ok(await found(ann).nth(41).evaluate((one) => one === document.activeElement));
  await page.keyboard.press("Enter");
  await page.locator(".sheet").waitFor({ state: "detached" });
  await isInView(ann, "점심 4");
  // Who hears the page is told where they are.
  await page.locator("[role=status]", { hasText: /, 점심 4$/ }).waitFor({ state: "attached" });
  await until(async () => assert.ok(await page.locator(".log").evaluate((one) => one === document.activeElement)));
});

story("a syllable that is still built is searched for whole; without a network it is said calmly", QUICK, async (stage) => {
  const { hub, somebodyIn } = stage;
  const room = await hub.makeRoom({ title: "한글", history: "all" });
  const ann = await somebodyIn(room);
  await ann.says("옥상에서 별 봐요");
  const input = ann.page.locator(".find input");
  await opensSearch(ann);
  const cdp = await ann.context.newCDPSession(ann.page);
  await cdp.send("Input.imeSetComposition", { text: "옥", selectionStart: 1, selectionEnd: 1 });
  await cdp.send("Input.insertText", { text: "옥" });
  await cdp.send("Input.imeSetComposition", { text: "상", selectionStart: 1, selectionEnd: 1 });
  assert.equal(await input.inputValue(), "옥상");
  assert.equal(await status(ann).textContent(), "", "nothing is searched for while one writes");
  await ann.page.locator(".find button").click();
  await found(ann).getByText("옥상").waitFor();
  // Where the focus got lost, the keys still belong to the sheet.
  const lose = () => ann.page.evaluate(() => document.activeElement.blur());
  await lose();
  await ann.page.keyboard.press("Tab");
  assert.ok(await ann.page.evaluate(() => document.activeElement.closest(".sheet") !== null));
  await lose();
  await ann.page.keyboard.press("Escape");
  await ann.page.locator(".sheet").waitFor({ state: "detached" });
  await opensSearch(ann);

  hub.wire.cut();
  await input.fill("별");
  await ann.page.keyboard.press("Enter");
  await status(ann).getByText("연결이 끊겨서 찾지 못했어요").waitFor();
  hub.wire.mend();
  await ann.page.keyboard.press("Enter");
  await status(ann).getByText("1개 찾았어요").waitFor();
});

story("an answer leads to what it answers, also far back and over a network that fails", QUICK, async ({ hub, somebodyIn, talker }) => {
  const room = await hub.makeRoom({ title: "인용", history: "all" });
  const ben = await talker(room);
  const { seq } = await ben.says("우산 주운 분?");
  await ben.saysMany(220, (n) => `이야기 ${n}`);
  await ben.says("아직 못 찾았어요", { replyTo: seq });
  const ann = await somebodyIn(room);
  const asked = [];
  ann.page.on("request", (request) => /messages\?/.test(request.url()) && asked.push(new URL(request.url()).search));
  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await row(ann, "아직 못 찾았어요").locator(".answered").click();
  await ann.page.locator(".going", { hasText: "그 메시지를 가져오지 못했어요" }).waitFor();
  await ann.fits();
  await isInView(ann, "아직 못 찾았어요");
  hub.wire.mend();
  await ann.page.locator(".going button").first().click();
  await isInView(ann, "우산 주운 분?");
  assert.equal(await ann.page.locator(".going").count(), 0);
  assert.ok(asked.some((query) => query.startsWith("?around=")), `by its place: ${asked}`);
  assert.ok(asked.filter((query) => query.startsWith("?before=")).length <= 1, `not page after page: ${asked}`);

  // Reactions and what is taken back are seen there too, once the connection is back, which the messages did not need.
  await until(async () => assert.equal(await ann.banner.textContent(), ""));
  await ann.page.locator(".log").focus();
  await row(ann, "우산 주운 분?").locator(".bubble").hover();
  await ann.page.locator(".log-menu").click();
  await ann.page.locator(".sheet .react button").first().click();
  await row(ann, "우산 주운 분?").locator(".reacted", { hasText: "👍 1" }).waitFor();
  await ben.takesBack(seq);
  await ann.page.locator(".bubble.taken-back").waitFor();
});

story("a search that the hub stopped early goes on, and a refusal is said", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "큰 방" });
  const ann = await somebodyIn(room);
  const asked = [];
  const answers = [
    { success: true, data: { messages: [], more: true, before: 500, isEarly: true } },
    { success: true, data: { messages: [], more: false, before: null, isEarly: false } },
    { success: false, code: "unavailable", message: "", data: null },
  ];
  await ann.page.route("**/search?*", (route) => {
    asked.push(new URL(route.request().url()).searchParams.get("before"));
    return route.fulfill({ json: answers.shift() });
  });
  await opensSearch(ann);
  await searches(ann, "드문 말");
  await status(ann).getByText("아직 못 찾았어요").waitFor();
  await ann.page.getByRole("button", { name: "더 이전에서 찾기" }).click();
  await status(ann).getByText("그런 메시지가 없어요").waitFor();
  assert.deepEqual(asked, [null, "500"]);
  await searches(ann, "다른 말");
  await status(ann).getByText("허브가 지금 받을 수 없어요").waitFor();
  await ann.fits();
});
