// For everybody: axe in every view, keys alone, a screen reader's live regions, small screens,
// large text, no motion.

import assert from "node:assert/strict";
import { fits, isForFingers, passesAxe, violations } from "./kit/looks.mjs";
import { DESK, PHONE, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { furnish, VIEWS } from "./kit/views.mjs";

const WIFI = { COLAHUB_WIFI_SSID: "camp-2026", COLAHUB_WIFI_PASSWORD: "cola;hub", COLAHUB_WIFI_SECURITY: "WPA" };
const NARROW = { width: 320, height: 568 };

/** Waits until the page is drawn as it is now. */
const drawn = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/** Gives the page this size, and waits until it is drawn so. */
async function resize({ page }, size) {
  await page.setViewportSize(size);
  await drawn(page);
}

/** Makes the root's font so many times as large, as a phone's "font size: largest" does. */
async function grow({ page }, times) {
  await page.evaluate((size) => document.documentElement.style.setProperty("font-size", size), `${times * 100}%`);
  await drawn(page);
}

/** What does not fit into its own box, and is cut off there. */
const cut = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("button, .button, label, .chip span, .banner span, h2, .problem")]
      .filter(
        (element) =>
          !element.closest(".unseen") && element.scrollWidth > element.clientWidth + 1 && element.clientWidth > 0,
      )
      .filter((element) => getComputedStyle(element).overflow !== "visible")
      .map((element) => element.outerHTML.slice(0, 120)),
  );

// Each view is opened once in each language, and looked at in every way there: opening it is what takes long. The colours
// of dark are the same on a phone and on a desk.
story("every view in Korean, on a phone and on a desk", WIFI, async (stage) => {
  const furnished = await furnish({ ...stage, somebodyIn: (room) => stage.somebodyIn(room, { locale: "ko-KR" }) });
  const { ann } = furnished;
  for (const [name, open] of Object.entries(VIEWS)) {
    await ann.page.setViewportSize(PHONE);
    await open(furnished);
    await fits(ann, `${name}, 360 wide`);
    await isForFingers(ann, name);
    await passesAxe(ann, `${name}, on a phone`);
    await grow(ann, 2);
    await fits(ann, `${name}, text of twice the size`);
    assert.deepEqual(await cut(ann.page), [], `${name}, text of twice the size`);
    await grow(ann, 1);
    await resize(ann, NARROW);
    await fits(ann, `${name}, 320 wide`);
    await resize(ann, DESK);
    await ann.page.emulateMedia({ colorScheme: "light" });
    assert.deepEqual(await violations(ann.page), [], `${name}, on a desk`);
  }
  assert.equal(await ann.page.evaluate(() => document.documentElement.lang), "ko");
});

story("every view in English, on a phone", WIFI, async (stage) => {
  const furnished = await furnish({ ...stage, somebodyIn: (room) => stage.somebodyIn(room, { locale: "en-GB" }) });
  const { ann } = furnished;
  for (const [name, open] of Object.entries(VIEWS)) {
    await ann.page.setViewportSize(PHONE);
    await open(furnished);
    await fits(ann, `${name}, 360 wide`);
    await isForFingers(ann, name);
    assert.deepEqual(await violations(ann.page), [], name);
    await resize(ann, NARROW);
    await fits(ann, `${name}, 320 wide`);
  }
  assert.equal(await ann.page.evaluate(() => document.documentElement.lang), "en");
});

story("banners and messages that could not be sent pass axe too", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "끊김" });
  const ann = await somebodyIn(room);
  hub.wire.cut();
  await ann.writes("아직 못 가요");
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await passesAxe(ann, "a message that waits");
});

story(
  "where the hub says no, axe finds nothing either",
  { COLAHUB_ROOMS_LIFETIME: "20s" },
  async ({ hub, somebody, somebodyIn }) => {
    const over = await hub.makeRoom({ title: "잠깐" });
    const ann = await somebodyIn(over);
    const full = await hub.makeRoom({ title: "혼자", capacity: 1 });
    await somebodyIn(full);
    const cat = await somebody();
    await cat.opens(`/r/${full.code}`);
    await cat.page.getByText("방이 가득 찼어요").waitFor();
    await passesAxe(cat, "a full room");

    hub.wire.cut();
    await ann.writes("늦은 글");
    await until(async () => {
      const { data } = await (await fetch(`${hub.direct}/chat/rooms`)).json();
      assert.ok(data.every((one) => one.id !== over.id));
    }, 40_000);
    hub.wire.mend();
    await ann.page.getByText("보내지 못했어요 – 끝난 방이에요").waitFor();
    await passesAxe(ann, "a room that is over, with a message that could not be sent");
    await cat.opens(`/r/${over.code}`);
    await cat.page.getByRole("heading", { name: /끝난 방이에요|그런 방이 없어요/ }).waitFor();
    await passesAxe(cat, "a room that was over before one came");
  },
);

/** Presses Tab until `selector` has the focus. */
async function tabTo(page, selector, key = "Tab") {
  for (let presses = 0; presses < 40; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press(key);
  }
  assert.fail(`no way to ${selector} with ${key}`);
}

const focused = (page) =>
  page.evaluate(() => {
    const { outlineStyle, boxShadow } = getComputedStyle(document.activeElement);
    const box = document.activeElement.closest(".composer-box");
    return (
      outlineStyle !== "none" || boxShadow !== "none" || (box !== null && getComputedStyle(box).boxShadow !== "none")
    );
  });

story("everything with the keyboard alone", {}, async ({ hub, somebody }) => {
  await hub.makeRoom({ title: "건반" });
  const ann = await somebody();
  const { page } = ann;
  await ann.opens("/");
  await page.locator(".card").first().waitFor();

  await tabTo(page, ".foot .primary");
  assert.ok(await focused(page), "the focus is seen");
  await page.keyboard.press("Enter");
  await page.keyboard.type("손끝으로");
  await tabTo(page, "input[name=channel]");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.type(" ");
  await tabTo(page, "input[name=capacity]");
  await page.keyboard.press("ArrowRight");
  await tabTo(page, ".sheet .primary");
  // The focus stays in the sheet, whichever way one goes.
  for (let presses = 0; presses < 25; presses += 1) {
    await page.keyboard.press(presses % 2 ? "Shift+Tab" : "Tab");
    assert.ok(await page.evaluate(() => document.activeElement.closest(".sheet") !== null));
  }
  await page.keyboard.press("Escape");
  await page.locator(".sheet").waitFor({ state: "detached" });
  assert.ok(await page.evaluate(() => document.activeElement.matches(".foot .primary")), "the focus came back");

  await tabTo(page, ".card", "Shift+Tab");
  await page.keyboard.press("Enter");
  await ann.isLive();
  await tabTo(page, ".composer textarea");
  assert.ok(await focused(page), "the focus is seen");
  await page.keyboard.type("건반으로 썼어요");
  await page.keyboard.press("Enter");
  await ann.hasSentAll();
  assert.deepEqual(await ann.said(), ["건반으로 썼어요"]);

  await tabTo(page, ".log", "Shift+Tab");
  await page.keyboard.press("Home");
  await tabTo(page, ".people-button", "Shift+Tab");
  await page.keyboard.press("Enter");
  await page.locator(".sheet .people").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".sheet").waitFor({ state: "detached" });

  await tabTo(page, ".bar > .round:last-child");
  await page.keyboard.press("Enter");
  await tabTo(page, "#nickname");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("건반이");
  await page.keyboard.press("Enter");
  await page.getByText("이름을 바꿨어요.").waitFor();
  await tabTo(page, ".leave .button");
  await page.keyboard.press("Enter");
  await page.locator(".lobby .card").first().waitFor();
});

story("a screen reader follows the conversation and hears one's own doings", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "소리" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const log = ann.page.getByRole("log", { name: "대화" });
  assert.equal(await log.getAttribute("aria-live"), "polite");
  // Whatever is added inside the log is what is read; sending must not add it a second time.
  await log.evaluate((element) => {
    window.added = [];
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes)
          if (node.matches?.(".msg")) window.added.push(node.querySelector(".bubble").textContent);
    }).observe(element, { childList: true, subtree: true });
  });
  await ben.says("들려요?");
  await ann.sees("들려요?");
  await ann.says("네, 들려요");
  await ann.page.getByRole("status").filter({ hasText: "보냈어요" }).waitFor({ state: "attached" });
  assert.deepEqual(await ann.page.evaluate(() => window.added), ["들려요?", "네, 들려요"]);
  await ann.page.getByRole("link", { name: "방 목록으로" }).click();
  await ann.page.getByRole("link", { name: /소리.*2명.*들어와 있어요.*방금 대화/ }).waitFor();
});

story("text of twice the size leaves room to read", {}, async ({ hub, somebodyIn }) => {
  const ann = await somebodyIn(await hub.makeRoom({ title: "크게" }));
  await ann.page.setViewportSize(PHONE);
  await grow(ann, 2);
  const height = await ann.page.locator(".log").evaluate((element) => element.clientHeight);
  assert.ok(height > 250, `room to read: ${height}`);
});

story("nothing moves for those who want no motion", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "가만히" });
  const ann = await somebodyIn(room, { reducedMotion: "reduce" });
  const ben = await somebodyIn(room);
  await ben.composer.pressSequentially("음");
  await ann.page.locator(".typing-dots").waitFor();
  await ann.writes("가만히");
  await ann.opensPeople();
  await until(async () => assert.deepEqual(await ann.page.evaluate(() => document.getAnimations().length), 0));
});
