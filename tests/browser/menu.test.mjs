// A message's menu: by the small button, by keys and by a finger that stays; and what is in it.

import assert from "node:assert/strict";
import { DESK, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const menu = ({ page }) => page.locator(".sheet .menu");
const bubble = ({ page }, text) => page.locator(".log .bubble", { hasText: text });
async function choices(person) {
  await menu(person).waitFor();
  return menu(person)
    .locator("button > span")
    .evaluateAll((all) => all.map((one) => one.firstChild.textContent));
}

/** A room in which Ann, on a desk or a phone, reads what Ben and Cat say. */
async function talking({ hub, somebodyIn }, options) {
  const room = await hub.makeRoom({ title: "메뉴" });
  const ann = await somebodyIn(room, options);
  const ben = await somebodyIn(room);
  const cat = await somebodyIn(room);
  await ben.says("광고 보고 가세요");
  await cat.says("저녁 뭐예요?");
  await ann.says("카레래요");
  await ben.says("또 광고예요");
  await ann.sees("또 광고예요");
  return { room, ann, ben, cat };
}

story("by the button beside the message that is pointed at", {}, async (stage) => {
  const { ann } = await talking(stage, { viewport: DESK, permissions: ["clipboard-read", "clipboard-write"] });
  const button = ann.page.locator(".log-menu");
  assert.equal(await button.evaluate((one) => getComputedStyle(one).opacity), "0");
  await bubble(ann, "저녁 뭐예요").hover();
  assert.match(await button.getAttribute("aria-label"), /저녁 뭐예요/);
  const [of, at] = [await bubble(ann, "저녁 뭐예요").boundingBox(), await button.boundingBox()];
  assert.ok(at.y < of.y + of.height && at.y + at.height > of.y && at.x >= of.x + of.width, "it stands beside it");
  await button.click();
  assert.deepEqual(await choices(ann), ["답하기", "복사", "주최자에게 알리기", "이 사람 숨기기"]);
  assert.equal(await ann.page.locator(".quote p").textContent(), "저녁 뭐예요?");
  await menu(ann).getByRole("button", { name: "복사" }).click();
  await menu(ann).getByText("✓ 복사했어요").waitFor();
  assert.equal(await ann.page.evaluate(() => navigator.clipboard.readText()), "저녁 뭐예요?");
  await ann.closesSheet();

  await bubble(ann, "카레래요").hover();
  await button.click();
  assert.deepEqual(await choices(ann), ["답하기", "복사", "보내기 취소"], "nobody hides themselves");
  await ann.fits();
});

story("by keys alone", {}, async (stage) => {
  const { ann } = await talking(stage);
  const { page } = ann;
  const button = page.locator(".log-menu");
  await page.locator(".log").focus();
  await page.keyboard.press("Shift+F10");
  await page.locator(".quote p", { hasText: "또 광고예요" }).waitFor();
  assert.equal(await menu(ann).locator("button").first().evaluate((one) => one === document.activeElement), true);
  await ann.closesSheet();
  await page.locator(".log").focus();
  // The line of comings and goings that can be unfolded is on the way.
  for (let n = 0; n < 5 && !(await button.evaluate((one) => one === document.activeElement)); n += 1) {
    await page.keyboard.press("Tab");
  }
  assert.match(await button.getAttribute("aria-label"), /또 광고예요$/);
  await page.keyboard.press("ArrowUp");
  assert.match(await button.getAttribute("aria-label"), /나, 카레래요$/);
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Enter");
  await page.locator(".quote p", { hasText: "저녁 뭐예요" }).waitFor();
  await ann.closesSheet();
  await until(async () => assert.equal(await button.evaluate((one) => one === document.activeElement), true));
  await page.keyboard.press("ContextMenu");
  await menu(ann).waitFor();
});

story("by a finger that stays, not by one that scrolls or taps", {}, async (stage) => {
  const { ann } = await talking(stage, { hasTouch: true, isMobile: true });
  const touch = await ann.context.newCDPSession(ann.page);
  const { x, y, width, height } = await bubble(ann, "저녁 뭐예요").boundingBox();
  const [point] = [{ x: x + width / 2, y: y + height / 2 }];
  const send = (type, ...touchPoints) => touch.send("Input.dispatchTouchEvent", { type, touchPoints });
  await send("touchStart", point);
  await send("touchEnd");
  await send("touchStart", point);
  await send("touchMove", { x: point.x, y: point.y - 40 });
  await ann.page.waitForTimeout(700);
  await send("touchEnd");
  assert.equal(await menu(ann).count(), 0);
  await bubble(ann, "저녁 뭐예요").scrollIntoViewIfNeeded();
  const now = await bubble(ann, "저녁 뭐예요").boundingBox();
  await send("touchStart", { x: now.x + 20, y: now.y + 20 });
  await menu(ann).waitFor();
  await send("touchEnd");
  await ann.page.locator(".quote p", { hasText: "저녁 뭐예요" }).waitFor();
  assert.equal(await menu(ann).count(), 1, "letting go is no tap on what is there now");
  await ann.page.goBack();
  await menu(ann).waitFor({ state: "detached" });
  await ann.isLive();
});

story("a hidden person is not shown on this phone, and comes back through the list of people", {}, async (stage) => {
  const { room, ann, ben, cat } = await talking(stage);
  const name = await ben.name();
  await ann.page.locator(".log").focus();
  await ann.page.keyboard.press("Shift+F10");
  await menu(ann).getByRole("button", { name: "이 사람 숨기기" }).click();
  await menu(ann).waitFor({ state: "detached" });
  assert.deepEqual(await ann.said(), ["저녁 뭐예요?", "카레래요"]);
  await ben.says("광고 하나 더");
  await cat.says("카레 좋아요");
  await ann.sees("카레 좋아요");
  assert.deepEqual(await ann.said(), ["저녁 뭐예요?", "카레래요", "카레 좋아요"]);
  assert.equal((await cat.said()).length, 6, "others see all of it");
  await ben.leaves();
  await ann.enters(room);
  await until(async () => assert.deepEqual(await ann.said(), ["저녁 뭐예요?", "카레래요", "카레 좋아요"]));
  await ann.opensPeople();
  const row = ann.page.locator(".people li.hidden");
  assert.ok((await row.textContent()).includes(name), "also after they left");
  await ann.fits();
  await row.getByRole("button", { name: "다시 보기" }).click();
  await ann.closesSheet();
  assert.equal((await ann.said()).length, 6);
});
