// Telling the host of a message: with a reason or without, once, and calmly where it cannot be told now.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const sheet = ({ page }) => page.locator(".sheet");
const tell = (person) => sheet(person).getByRole("button", { name: "알리기", exact: true });

/** Opens the sheet that tells the host of the newest message. */
async function opens(person) {
  await person.page.locator(".log").focus();
  await person.page.keyboard.press("Shift+F10");
  await sheet(person).getByRole("button", { name: "주최자에게 알리기" }).click();
  await tell(person).waitFor();
}

story("the host learns which message it is, and why", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "알림" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ben.says("싸게 팔아요");
  await ann.sees("싸게 팔아요");
  await opens(ann);
  await sheet(ann).getByText("주최자가 봐요").waitFor();
  await sheet(ann).locator(".quote", { hasText: "싸게 팔아요" }).waitFor();
  await ann.fits();
  await sheet(ann).getByLabel("광고·도배").check();
  await sheet(ann).getByLabel("덧붙일 말").fill("벌써 세 번째예요");
  await tell(ann).click();
  await sheet(ann).getByText("주최자에게 알렸어요").waitFor();
  const close = sheet(ann).getByRole("button", { name: "닫기" }).last();
  await until(async () => assert.ok(await close.evaluate((one) => one === document.activeElement)));
  await ann.page.keyboard.press("Enter");
  await sheet(ann).waitFor({ state: "detached" });
  const told = await hub.host("report", "list");
  assert.match(told, /싸게 팔아요/);
  assert.match(told, /광고·도배: 벌써 세 번째예요/);

  // The same again is told, and changes nothing.
  await opens(ann);
  await tell(ann).click();
  await sheet(ann).getByText("주최자에게 알렸어요").waitFor();
  assert.equal((await hub.host("report", "list")).match(/싸게 팔아요/g).length, 1);
  await ann.closesSheet();
  // Nobody else sees anything of it, and nobody tells of themselves.
  assert.deepEqual(await ben.said(), ["싸게 팔아요"]);
  await ben.page.locator(".log").focus();
  await ben.page.keyboard.press("Shift+F10");
  await sheet(ben).locator(".menu").waitFor();
  assert.equal(await sheet(ben).getByText("주최자에게 알리기").count(), 0);
});

story("whoever tells too much is told when to go on; without a network it can be tried again", {}, async (stage) => {
  const { hub, somebodyIn } = stage;
  const room = await hub.makeRoom({ title: "많이 알림" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  for (let n = 1; n <= 6; n += 1) {
    await ben.says(`광고 ${n}`);
    await ann.sees(`광고 ${n}`);
    await opens(ann);
    if (n === 1) {
      hub.wire.cut();
      await ann.banner.getByText("다시 연결하는 중").waitFor();
      await sheet(ann).getByLabel("덧붙일 말").fill("잊지 않아요");
      await tell(ann).click();
      await sheet(ann).getByText("허브가 지금 받을 수 없어요").waitFor();
      hub.wire.mend();
      await ann.banner.getByText("다시 연결하는 중").waitFor({ state: "detached" });
      assert.equal(await sheet(ann).getByLabel("덧붙일 말").inputValue(), "잊지 않아요");
    }
    await tell(ann).click();
    if (n < 6) await sheet(ann).getByText("주최자에게 알렸어요").waitFor();
    else await sheet(ann).getByText(/너무 빨라요. \d+초 뒤에/).waitFor();
    await ann.fits();
    await ann.closesSheet();
  }
});
