// It never loses what one typed: not in a reload, not in a dead network, not when the hub dies.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { talk } from "./kit/talk.mjs";

/** As the issue has it; shorter in a hurry. */
const AWAY = Number(process.env.AWAY_MS ?? 30_000);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const numbered = (who, from, to) => Array.from({ length: to - from + 1 }, (_, at) => `${who}${from + at}`);

/** Everybody's messages are there once and in the order in which they were sent. */
function complete(said, ...series) {
  assert.equal(new Set(said).size, said.length, "said twice");
  for (const texts of series) {
    assert.deepEqual(
      said.filter((text) => texts.includes(text)),
      texts,
    );
  }
}

story("a reload in mid-send", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "다시 열기" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  for (const text of ["하나", "둘", "셋"]) await ann.writes(text);
  await ann.composer.fill("쓰다 만 글");
  assert.equal(await ann.page.locator(".msg.sending .status").first().textContent(), "연결되면 보내요");
  hub.wire.mend();
  await ann.page.reload();
  await ann.isLive();
  await ann.hasSentAll();
  assert.equal(await ann.composer.inputValue(), "쓰다 만 글");
  await ben.sees("셋");
  assert.deepEqual(await ben.said(), ["하나", "둘", "셋"]);
  assert.deepEqual(await ann.said(), ["하나", "둘", "셋"]);
});

story("a reload between the hub's commit and its acknowledgement", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "한 번만" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  for (let n = 1; n <= 5; n += 1) {
    await ann.writes(`${n}`);
    // Sometimes before, sometimes after the hub heard it.
    await pause(n * 4);
    await ann.page.reload();
    await ann.isLive();
    await ann.hasSentAll();
  }
  await ben.sees("5");
  assert.deepEqual(await ben.said(), ["1", "2", "3", "4", "5"]);
  assert.deepEqual(await ann.said(), ["1", "2", "3", "4", "5"]);
});

story("the network cut while both write", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "끊김" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ann.says("a1");
  await ben.says("b1");
  await ann.sees("b1");
  await ben.sees("a1");
  hub.wire.cut();
  for (const text of numbered("a", 2, 6)) await ann.writes(text);
  for (const text of numbered("b", 2, 6)) await ben.writes(text);
  await pause(AWAY);
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  hub.wire.mend();
  for (const text of numbered("a", 7, 9)) await ann.writes(text);
  await until(async () => {
    for (const one of [ann, ben]) complete(await one.said(), numbered("a", 1, 9), numbered("b", 1, 6));
    assert.deepEqual(await ann.said(), await ben.said());
  }, 30_000);
  await ann.hasSentAll();
  assert.equal(await ann.banner.textContent(), "");
});

story("a network that is dead and does not say so", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "귀 먹음" });
  const ann = await somebodyIn(room);
  await ann.says("하나");
  hub.wire.deafen();
  await ann.writes("둘");
  await ann.writes("셋");
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  hub.wire.mend();
  await ann.hasSentAll();
  assert.deepEqual(await ann.said(), ["하나", "둘", "셋"]);
});

story("the hub killed and started again, while one writes", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "정전" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  for (const text of numbered("a", 1, 10)) await ann.writes(text);
  await hub.kill();
  for (const text of numbered("a", 11, 15)) await ann.writes(text);
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await hub.start();
  await ann.hasSentAll();
  await ben.sees("a15");
  await until(async () => {
    complete(await ann.said(), numbered("a", 1, 15));
    assert.deepEqual(await ben.said(), await ann.said());
  });
  await ben.says("b1");
  await ann.sees("b1");
  // The same person as before, not a new one.
  assert.equal(await ann.page.locator(".msg.theirs").count(), 1);
});

story("a gap longer than the hub gives at once", { COLAHUB_LIMITS_PROFILE: "off" }, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "긴 틈" });
  const ann = await somebodyIn(room);
  await ann.says("먼저");
  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await ann.writes("그동안");
  await talk(hub.direct, room, 450);
  hub.wire.mend();
  // Missed messages are read from the first one; the newest is one tap away.
  await ann.page.locator(".to-newest", { hasText: /새 메시지 4\d\d개/ }).click();
  await ann.sees("그동안");
  await ann.hasSentAll();
  // The window holds the newest; the rest is asked for as one scrolls, from what is kept.
  const log = ann.page.locator(".log");
  const seen = new Map();
  await until(async () => {
    for (const [seq, text] of await ann.rows()) seen.set(seq, text);
    await log.evaluate((element) => element.scrollBy(0, -2_000));
    assert.ok([...seen.values()].includes("먼저"), `${seen.size} rows were seen`);
  });
  const inOrder = [...seen].sort(([one], [other]) => one - other).map(([, text]) => text);
  assert.deepEqual(inOrder, ["먼저", ...Array.from({ length: 450 }, (_, at) => `${at + 1}번째 글`), "그동안"]);
});

story("messages that came while nobody looked are below a line", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "주머니 속" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ben.says("보는 중");
  await ann.sees("보는 중");
  await ann.looksAway();
  await ben.says("안 보는 중");
  await until(async () => assert.match(await ann.page.title(), /^\(1\) /));
  const icon = () => ann.page.locator("link[rel=icon]").evaluate((link) => link.href);
  assert.match(await icon(), /-1\.svg$/);
  const shown = await fetch(await icon());
  assert.deepEqual([shown.status, shown.headers.get("content-type")], [200, "image/svg+xml"]);
  assert.match(await shown.text(), />1<\/text><\/svg>$/);
  await ann.looksAgain();
  const line = ann.page.locator(".new-line");
  await line.waitFor();
  assert.equal(
    await line.evaluate((element) => element.nextElementSibling.querySelector(".bubble").textContent),
    "안 보는 중",
  );
  await until(async () => assert.equal(await ann.page.title(), "주머니 속"));
  assert.doesNotMatch(await icon(), /-1\.svg$/);
});

story("the lobby says that the hub is away, and comes back by itself", {}, async ({ hub, somebody }) => {
  const ann = await somebody();
  await ann.opens("/");
  await ann.page.locator(".card").first().waitFor();
  hub.wire.cut();
  await ann.page.getByText("연결이 끊겼어요").waitFor();
  assert.ok((await ann.page.locator(".card").count()) > 0);
  hub.wire.mend();
  await ann.page.locator(".lobby .banner-none").waitFor({ state: "attached" });
});
