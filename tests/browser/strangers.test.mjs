// A stranger's text never runs, never breaks the page, and is never more than text. And there may
// be a lot of it.

import assert from "node:assert/strict";
import { DESK, PHONE, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { talk } from "./kit/talk.mjs";

const ZALGO = [..."Z̶A̷L̸G̴O̵"].map((letter) => letter + "\u0300\u0301\u0302\u0334\u0336\u0346\u0353".repeat(2)).join("");
const TEXTS = [
  '<img src=x onerror="window.ran=1"><script>window.ran=1</script><svg onload=window.ran=1>',
  "javascript:window.ran=1 data:text/html,<script>window.ran=1</script>",
  "\u202eecafebabe\u202c \u2067مرحبا\u2069 \u200f\u200e",
  ZALGO.slice(0, 900),
  "😀".repeat(1000),
  "ㅋ".repeat(1000),
  "a".repeat(1000),
  `http://example.com/${"x".repeat(900)}`,
  `a${"\n".repeat(900)}b`,
  "{{7*7}} ${7*7} %s %n \\u0000 &lt;b&gt; &#x27;",
  "\u0d1c\u0d4d\u0d1e\u200c\u0c1c\u0c4d\u0c1e\u200c\u0c3e",
];

story("a stranger's text", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "낯선 글" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  for (const text of TEXTS) await ben.writes(text);
  await ben.hasSentAll();
  await until(async () => assert.equal((await ann.said()).length, TEXTS.length));
  const shown = await ann.said();
  assert.equal(shown[0], TEXTS[0]);
  assert.equal(await ann.page.evaluate(() => window.ran), undefined);
  assert.equal(await ann.page.locator(".log img, .log script, .log svg[onload]").count(), 0);
  for (const size of [PHONE, { width: 320, height: 568 }, DESK]) {
    await ann.page.setViewportSize(size);
    await ann.fits();
    // Nobody's text stands over another's.
    const over = await ann.page.$$eval(
      ".log .bubble",
      (all) => all.filter((bubble) => getComputedStyle(bubble).overflow !== "hidden").length,
    );
    assert.equal(over, 0);
  }
  // The tall one is folded, and opens.
  const tall = ann.page.locator(".bubble", { has: ann.page.getByRole("button", { name: "모두 보기" }) });
  assert.ok((await tall.boundingBox()).height < 700);
  await tall.getByRole("button").click();
  await ann.page.locator(".bubble", { hasText: /b접기$/ }).last().waitFor();
  const links = await ann.page.$$eval(".bubble a", (all) => all.map((link) => [link.protocol, link.rel]));
  assert.deepEqual(links, [["http:", "noopener noreferrer"]]);
});

story("a stranger's titles, channels and names", {}, async ({ hub, somebody, somebodyIn }) => {
  const odd = [
    "<b onclick=x>굵게</b>",
    "כותרת מימין לשמאל",
    "W".repeat(30),
    "😀".repeat(30),
    "가나다라마바사아자차카타파하".repeat(2),
  ];
  // Characters that turn the text around them are not even taken.
  await assert.rejects(hub.makeRoom({ title: "\u202eeltit" }), /U\+202E/);
  const rooms = [];
  for (const title of odd) {
    rooms.push(await hub.makeRoom({ title, namespace: `채널 ${title.slice(0, 20)}`.replace(/[,?#]/g, "") }));
  }
  const ann = await somebody({ viewport: { width: 320, height: 568 } });
  await ann.opens("/");
  await until(async () => assert.equal(await ann.page.locator(".card").count(), rooms.length + 1));
  await ann.fits();
  for (const room of rooms) {
    await ann.enters(room);
    await ann.fits();
  }
  const ben = await somebodyIn(rooms[0]);
  await ben.opensDetails();
  await ben.page.getByLabel("내 이름").fill("W<b>שלוםWW");
  await ben.page.getByRole("dialog").getByRole("button", { name: "바꾸기" }).click();
  await ben.page.getByText(/이름을 바꿨어요.|알아듣지/).waitFor();
  await ben.closesSheet();
  await ann.enters(rooms[0]);
  await ann.opensPeople();
  await ann.fits();
});

const MANY = Number(process.env.MANY ?? 10_000);

story(`a room of ${MANY} messages scrolls smoothly`, { COLAHUB_LIMITS_PROFILE: "off" }, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "만 개" });
  const ann = await somebodyIn(room);
  await talk(hub.url, room, MANY);
  await until(async () => assert.match((await ann.said()).at(-1), new RegExp(`^${MANY}번째`)));
  assert.ok((await rows(ann)) <= 240, `${await rows(ann)} rows while they come in`);

  // Fresh, as one who comes back: pages from the hub while scrolling up.
  await ann.page.reload();
  await ann.isLive();
  await ann.page.evaluate(() => {
    window.frames_ = [];
    let last = performance.now();
    const tick = (now) => {
      window.frames_.push(now - last);
      last = now;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  // The time of a frame here at rest: a busy machine has fewer, whatever the page does.
  await ann.page.waitForFunction(() => window.frames_.length > 60);
  const { median: still } = times(await ann.page.evaluate(() => window.frames_.splice(0)));
  const log = ann.page.locator(".log");
  const scrolls = () => log.evaluate((element) => element.scrollBy(0, -900));
  let most = 0;
  for (let step = 0; step < 60; step += 1) {
    await scrolls();
    await ann.page.waitForTimeout(30);
    most = Math.max(most, await rows(ann));
  }
  const { median, late } = times(await ann.page.evaluate(() => window.frames_));
  console.log(`# scrolling: median frame ${median.toFixed(1)} ms, ${still.toFixed(1)} at rest, 95 % ${late.toFixed(1)} ms, at most ${most} rows`);
  assert.ok(most <= 240, `${most} rows`);
  assert.ok(median < Math.max(40, 3 * still), `a frame took ${median} ms, and ${still} ms at rest`);
  // A slow machine has not brought as many pages meanwhile.
  let numbers;
  await until(async () => {
    await scrolls();
    numbers = (await ann.said()).map((text) => parseInt(text, 10));
    assert.ok(numbers[0] < MANY - 200, `came up to ${numbers[0]}`);
  });
  // No holes, no doubles on the way.
  numbers.forEach((number, at) =>
    assert.ok(at === 0 || number === numbers[at - 1] + 1, `${numbers[at - 1]}, ${number}`),
  );
  await ann.page.locator(".to-newest").click();
  await ann.page.locator(".bubble", { hasText: new RegExp(`^${MANY}번째`) }).waitFor();
});

/** Of these frames, the time of one in the middle, and of a late one. */
function times(frames) {
  const sorted = [...frames].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], late: sorted[Math.floor(sorted.length * 0.95)] };
}

const rows = (ann) => ann.page.$$eval(".log .msg", (all) => all.length);
