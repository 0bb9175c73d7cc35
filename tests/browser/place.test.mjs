// The reader's place in the log: it is the reader's, whatever arrives, folds, turns or grows.

import assert from "node:assert/strict";
import { DESK, PHONE, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { talk } from "./kit/talk.mjs";

const FREE = { COLAHUB_LIMITS_PROFILE: "off" };
const TALL = Array.from({ length: 60 }, (_, at) => `${at + 1}번째 줄이에요`).join("\n");
const LONG = "아주 긴 이야기를 한 줄로 이어서 쓰면 화면이 좁을수록 여러 줄이 되어요. ".repeat(4).trim();

/** The first visible row: its text, and where it stands. */
const place = (who) =>
  who.page.locator(".log").evaluate((log) => {
    const edge = log.getBoundingClientRect().top;
    const row = [...log.querySelectorAll("[data-seq], [data-key]")].find((one) => one.getBoundingClientRect().bottom > edge);
    const { top, height } = row.getBoundingClientRect();
    return { text: row.textContent.slice(0, 30), top: top - edge, height };
  });

const below = (who) =>
  who.page.locator(".log").evaluate((log) => log.scrollHeight - log.scrollTop - log.clientHeight);

/** Two frames: what was told to the page is drawn, and measured again. */
const drawn = (who) =>
  who.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

async function scrolls(who, top) {
  await who.page.locator(".log").evaluate((log, to) => log.scrollTo(0, to < 0 ? log.scrollHeight : to), top);
  await drawn(who);
}

/** The row that was the first visible one is at the upper edge. A pixel is lost or won where rows end between two. */
async function isFirst(who, { text, top }, why) {
  await drawn(who);
  const row = await who.page.locator(".log").evaluate((log, wanted) => {
    const edge = log.getBoundingClientRect().top;
    const found = [...log.querySelectorAll("[data-seq], [data-key]")].find((one) => one.textContent.startsWith(wanted));
    const box = found.getBoundingClientRect();
    return { top: box.top - edge, bottom: box.bottom - edge };
  }, text);
  assert.ok(row.top <= Math.max(0, top) + 1.5 && row.bottom >= -1.5, `${why}: ${text} is at ${row.top} to ${row.bottom}`);
}

async function stays(who, before, why) {
  await drawn(who);
  const now = await place(who);
  assert.equal(now.text, before.text, why);
  assert.ok(Math.abs(now.top - before.top) <= 1.5, `${why}: moved by ${now.top - before.top} px`);
}

async function isAtBottom(who, why) {
  await until(async () => assert.ok((await below(who)) < 2, `${why}: ${await below(who)} px above the bottom`));
}

/** The reading once it has been the same for a second: a new row moves in, and is looked at again. */
async function steady(read) {
  let [value, since] = [await read(), Date.now()];
  await until(async () => {
    const now = await read();
    if (JSON.stringify(now) !== JSON.stringify(value)) [value, since] = [now, Date.now()];
    assert.ok(Date.now() - since > 1_000, `it does not come to rest: ${JSON.stringify(now)}`);
  });
  return value;
}

/** A room with fifty messages, a reader on a phone, and somebody else. */
async function busy({ hub, somebodyIn }, options) {
  const room = await hub.makeRoom({ title: "자리" });
  const ann = await somebodyIn(room, options);
  const ben = await somebodyIn(room);
  await talk(hub.url, room, 30);
  await ben.says(LONG);
  for (let n = 1; n <= 9; n += 1) await ben.says(`짧은 글 ${n}`);
  await ann.sees("짧은 글 9");
  return { room, ann, ben };
}

/** Everything that changes the size of the log, or of what is in it, and back. */
const CAUSES = {
  "a narrower window": async ({ page }) => page.setViewportSize({ width: 320, height: 740 }),
  "a phone turned": async ({ page }) => page.setViewportSize({ width: 740, height: 360 }),
  "a wide window": async ({ page }) => page.setViewportSize(DESK),
  "the keyboard": async ({ page }) =>
    page.evaluate(() => document.documentElement.style.setProperty("--app-height", "420px")),
  "no keyboard": async ({ page }) =>
    page.evaluate(() => document.documentElement.style.setProperty("--app-height", "100%")),
  "larger text": async ({ page }) => page.evaluate(() => (document.documentElement.style.fontSize = "150%")),
  "text as before": async ({ page }) => page.evaluate(() => (document.documentElement.style.fontSize = "")),
  "a composer of many lines": async ({ composer }) => composer.fill("가\n나\n다\n라"),
  "a composer of one line": async ({ composer }) => composer.fill(""),
  "the phone as before": async ({ page }) => page.setViewportSize(PHONE),
};

story("a reader at the bottom stays there, whatever changes its size", FREE, async (stage) => {
  const { ann, ben } = await busy(stage);
  for (const [cause, change] of Object.entries(CAUSES)) {
    await change(ann);
    await isAtBottom(ann, cause);
    await ben.says(`뒤에 온 글: ${cause}`);
    await ann.sees(`뒤에 온 글: ${cause}`);
    await isAtBottom(ann, `a message after ${cause}`);
  }
});

story("a reader further up keeps the first visible message, whatever changes and arrives", FREE, async (stage) => {
  const { ann, ben } = await busy(stage);
  for (const top of [0, 350, 900, 1300]) {
    await scrolls(ann, top);
    const before = await place(ann);
    for (const [cause, change] of Object.entries(CAUSES)) {
      await change(ann);
      await isFirst(ann, before, `${cause}, from ${top}`);
      if (cause === "a composer of many lines") await ben.says(`뒤에 온 글 ${top}`);
    }
    await stays(ann, before, `everything as before, from ${top}`);
    await ann.page.locator(".to-newest").waitFor();
  }
});

story("a reader who scrolls while something changes is not pulled back", FREE, async (stage) => {
  const { ann } = await busy(stage, { viewport: DESK });
  await isAtBottom(ann, "before");
  // Drawn again before the browser tells of the scrolling.
  await ann.page.evaluate(() => {
    document.querySelector(".log").scrollTop = 0;
    document.querySelector(".lobby-end button").click();
  });
  await ann.page.getByText("This is where the room began").waitFor();
  await drawn(ann);
  assert.equal(await ann.page.locator(".log").evaluate((log) => log.scrollTop), 0);
});

story("in a message taller than the view the place in it stays", FREE, async (stage) => {
  const { ann, ben } = await busy(stage);
  await ben.says("가나다라마바사아자차 ".repeat(85).trim());
  await ann.sees("가나다라");
  const tall = ann.page.locator(".bubble", { hasText: "가나다라" });
  await tall.evaluate((bubble) => {
    const log = bubble.closest(".log");
    log.scrollTop += bubble.getBoundingClientRect().top - log.getBoundingClientRect().top + bubble.offsetHeight / 2;
  });
  await drawn(ann);
  await ann.page.setViewportSize({ width: 740, height: 360 });
  await drawn(ann);
  const turned = await place(ann);
  assert.ok(turned.text.includes("가나다라"), turned.text);
  const part = -turned.top / turned.height;
  assert.ok(part > 0.4 && part < 0.6, `the middle of it, not ${part}`);
});

story("an unfolded message is read in peace", FREE, async (stage) => {
  const { ann, ben } = await busy(stage);
  await ben.says(TALL);
  await ben.says("그 뒤의 글");
  await ann.sees("그 뒤의 글");
  await isAtBottom(ann, "before");
  const before = await steady(() => place(ann));
  // Not by a pointer: that scrolls a button into view where it thinks it has to.
  await ann.page.getByRole("button", { name: "모두 보기" }).evaluate((button) => button.click());
  await stays(ann, before, "unfolding");
  await ben.says("새로 온 글");
  await ann.page.getByRole("button", { name: "새 메시지 1개" }).waitFor();
  await stays(ann, before, "a message arrives");
  await ann.page.setViewportSize({ width: 340, height: 740 });
  await ann.page.setViewportSize(PHONE);
  await stays(ann, before, "the window narrower and back");

  // At its last line, which is the end of the log: still reading.
  await scrolls(ann, -1);
  const end = await place(ann);
  await ben.says("또 온 글");
  await ann.page.getByRole("button", { name: "새 메시지 1개" }).waitFor();
  await stays(ann, end, "a message arrives below what is unfolded");

  // Folded from its end, the message is where one looks, and the bottom is the bottom again.
  await ann.page.getByRole("button", { name: "접기" }).click();
  await drawn(ann);
  const bubble = await ann.page.locator(".bubble", { hasText: "1번째 줄" }).last().boundingBox();
  assert.ok(bubble.y > 0 && bubble.y < PHONE.height, `in view: ${bubble.y}`);
  await ann.page.locator(".log").evaluate((log) => log.scrollTo(0, log.scrollHeight));
  await drawn(ann);
  await ben.says("마지막 글");
  await ann.sees("마지막 글");
  await isAtBottom(ann, "folded again");
});

const linePlace = (who) =>
  who.page.locator(".log").evaluate((log) => {
    const box = log.querySelector(".new-line").getBoundingClientRect();
    const view = log.getBoundingClientRect();
    return { isInView: box.top >= view.top && box.bottom <= view.bottom, next: nextText(log) };
    function nextText() {
      return log.querySelector(".new-line").nextElementSibling.querySelector(".bubble").textContent;
    }
  });

story("back to a hidden tab, one reads on at the line, and only what was seen is read", FREE, async (stage) => {
  const { ann, room } = await busy(stage);
  await ann.looksAway();
  await talk(stage.hub.url, room, 40);
  await ann.sees("40번째 글");
  await ann.looksAgain();
  await drawn(ann);
  assert.deepEqual(await linePlace(ann), { isInView: true, next: "1번째 글" });
  await ann.page.locator(".to-newest", { hasText: /새 메시지 [23]\d개/ }).waitFor();

  // Nothing below was seen: after a reload it is still new.
  const told = await steady(() => ann.page.locator(".to-newest").textContent());
  const unseen = parseInt(/\d+/.exec(told)[0], 10);
  await ann.page.reload();
  await ann.isLive();
  const line = await linePlace(ann);
  assert.ok(line.isInView);
  assert.equal(line.next, `${41 - unseen}번째 글`);
});

story("a few messages that came behind a sheet or in a hidden tab stand below what was read", FREE, async (stage) => {
  const { ann, ben } = await busy(stage);
  await ann.looksAway();
  await ben.says("뒤에서 온 글");
  await ann.looksAgain();
  await drawn(ann);
  assert.deepEqual(await linePlace(ann), { isInView: true, next: "뒤에서 온 글" });
  await isAtBottom(ann, "they all fit");

  await ann.opensPeople();
  const before = await place(ann);
  for (let n = 1; n <= 30; n += 1) await ben.says(`가려진 글 ${n}`);
  await ann.sees("가려진 글 30");
  await stays(ann, before, "behind the sheet");
  await ann.closesSheet();
  await drawn(ann);
  assert.match((await ann.page.locator(".to-newest").textContent()) ?? "", /새 메시지 \d+개/);
  const first = ann.page.locator(".bubble", { hasText: /^가려진 글 1$/ });
  const box = await first.boundingBox();
  assert.ok(box.y > 60 && box.y < PHONE.height / 2, `the first of them is in view: ${box.y}`);
});

for (const unread of [3, 49, 50, 130]) {
  story(`the line stands above ${unread} unread messages`, FREE, async (stage) => {
    const { ann, room } = await busy(stage);
    await isAtBottom(ann, "read to the end");
    await ann.opens("/join");
    await talk(stage.hub.url, room, unread);
    await ann.enters(room);
    await drawn(ann);
    assert.deepEqual(await linePlace(ann), { isInView: true, next: "1번째 글" });
    // All the way down, what is unread is read, and there is no line the next time.
    await until(async () => {
      await scrolls(ann, -1);
      assert.equal(await ann.page.locator(".to-newest").count(), 0);
    });
    await ann.enters(room);
    assert.equal(await ann.page.locator(".new-line").count(), 0);
    await isAtBottom(ann, "everything was read");
  });
}

story("messages that were missed while the network was away are below the line", FREE, async (stage) => {
  const { ann, room, hub } = { ...(await busy(stage)), hub: stage.hub };
  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await talk(hub.direct, room, 60);
  hub.wire.mend();
  await ann.sees("60번째 글");
  await drawn(ann);
  assert.deepEqual(await linePlace(ann), { isInView: true, next: "1번째 글" });
});
