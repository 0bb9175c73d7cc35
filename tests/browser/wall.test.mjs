// A wall on a projector: never blank, and without what was taken back.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { HD, onWall, seenBy, setsWall, showsOnWall, watchFrames } from "./kit/wall.mjs";

story("a wall shows what people say, how to join and how many are there, and is nobody", {}, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "무대 앞", history: "all" });
  await setsWall(hub, room, "--delay", "0");
  const ann = await talker(room);
  const screen = await somebody({ viewport: HD });
  await screen.opens(`/wall/${room.code}`);
  await screen.page.locator(".quiet").waitFor();
  await ann.says("안녕하세요 👋");
  await showsOnWall(screen, "안녕하세요");
  const { page } = screen;
  assert.equal(await page.locator("h1").textContent(), "무대 앞");
  assert.equal(await page.locator(".present").textContent(), "1명");
  assert.equal(await page.title(), "무대 앞");
  assert.ok(await page.locator(".in .qr path").isVisible());
  assert.ok((await page.locator(".address").textContent()).startsWith("127.0.0.1"));
  assert.equal(await page.locator(".in .code").textContent(), room.code);
  assert.ok((await page.locator(".said .mark").textContent()).length > 0);
  const { data } = await (await fetch(`${hub.url}/chat/rooms/${room.id}`)).json();
  assert.equal(data.present, 1);
  await hub.host("announce", "add", "점심이 준비됐어요", "--room", room.code);
  await page.locator(".notices", { hasText: "점심이" }).waitFor();
  await hub.host("wall", "set", room.code, "--view", "off");
  await page.locator(".view-off").waitFor();
  assert.equal(await page.locator(".said").count(), 0);
  assert.ok(await page.locator(".in .qr path").isVisible());
});

story("a wall is never blank while the hub dies and the network goes, and shows nothing that was taken back in time", {}, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "무대 앞", history: "all" });
  await setsWall(hub, room, "--delay", "4");
  let ann = await talker(room);
  const screen = await somebody({ viewport: HD });
  await watchFrames(screen);
  await ann.says("하나");
  await screen.opens(`/wall/${room.code}`);
  await showsOnWall(screen, "하나");

  const taken = [];
  const takesBack = async (text) => {
    const begun = performance.now();
    const { seq } = await ann.says(text);
    await ann.takesBack(seq);
    // On a machine that takes longer than the delay, nothing is promised.
    if (performance.now() - begun < 4_000) taken.push(text);
  };
  await takesBack("실수");
  // Killed while it is too young to be shown, as a power cut would.
  const { seq } = await ann.says("둘");
  await hub.restart();
  await until(async () => assert.deepEqual(await onWall(screen), ["하나", "둘"]), 60_000);
  assert.ok(seq > 0);
  await screen.page.locator(".lost:not(.on)").waitFor({ state: "attached" });

  hub.wire.cut();
  await screen.page.locator(".lost.on").waitFor();
  assert.deepEqual(await onWall(screen), ["하나", "둘"]);
  ann.leaves();
  ann = await talker(room);
  await takesBack("또 실수");
  await ann.says("셋");
  hub.wire.mend();
  await showsOnWall(screen, "셋");
  // A network that says nothing any more.
  hub.wire.deafen();
  await screen.page.locator(".lost.on").waitFor();
  hub.wire.mend();
  await screen.page.locator(".lost:not(.on)").waitFor({ state: "attached" });
  assert.deepEqual(await onWall(screen), ["하나", "둘", "셋"]);
  const seen = await seenBy(screen);
  assert.equal(seen.blank, 0, "a frame without any message");
  assert.ok(seen.frames > 30, `${seen.frames} frames`);
  for (const text of taken) assert.ok(!seen.texts.includes(text), `${text} was seen`);
  ann.leaves();
});

story("a room that not everybody reads opens with the host's link, until it is revoked", {}, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "우리끼리", password: "1234", history: "all" });
  const screen = await somebody({ viewport: HD, locale: "en-US" });
  await screen.opens(`/wall/${room.code}`);
  await screen.page.getByText("needs a link").waitFor();
  const { link } = await setsWall(hub, room, "--link", "--delay", "0");
  assert.equal(await screen.page.locator(".said").count(), 0);
  await screen.opens(`/wall/${room.code}?lang=en#${link}`);
  await screen.page.reload();
  await screen.page.getByText("still quiet").waitFor();
  await setsWall(hub, room, "--no-link");
  await screen.page.getByText("needs a link").waitFor();
});

story("a wall of a room that is not there says so, and shows the room once it is", {}, async ({ hub, somebody }) => {
  const screen = await somebody({ viewport: HD });
  await screen.opens("/wall/ACDEFG");
  await screen.page.getByText("이 코드의 방이 없어요").waitFor();
  await screen.opens("/wall");
  await screen.page.getByText("방 코드가 없는 주소예요").waitFor();
  const room = await hub.makeRoom({ title: "곧 끝나요", history: "all" });
  await screen.opens(`/wall/${room.code}`);
  await screen.page.locator(".quiet").waitFor();
  await hub.host("room", "close", room.code);
  await screen.page.getByText("끝난 방이에요").waitFor();
});

story("nothing moves on a wall for who prefers that, and new messages come from below for others", {}, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "무대 앞", history: "all" });
  await setsWall(hub, room, "--delay", "0");
  const ann = await talker(room);
  await ann.says("하나");
  const calm = await somebody({ viewport: HD, reducedMotion: "reduce" });
  const lively = await somebody({ viewport: HD });
  for (const screen of [calm, lively]) {
    await screen.context.addInitScript(() => {
      window.moved = 0;
      const animate = Element.prototype.animate;
      Element.prototype.animate = function (...args) {
        window.moved += 1;
        return animate.apply(this, args);
      };
    });
    await screen.opens(`/wall/${room.code}`);
    await showsOnWall(screen, "하나");
  }
  await ann.says("둘");
  for (const screen of [calm, lively]) await showsOnWall(screen, "둘");
  assert.equal(await calm.page.evaluate(() => window.moved), 0);
  assert.ok((await lively.page.evaluate(() => window.moved)) > 0);
});

story("a wall is dark or light as its address says", {}, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "무대 앞", history: "all" });
  for (const [theme, colorScheme] of [["dark", "light"], ["light", "dark"]]) {
    const screen = await somebody({ viewport: HD, colorScheme });
    const paper = async (path) => {
      await screen.opens(path);
      await screen.page.locator(".quiet").waitFor();
      return screen.page.evaluate(() => getComputedStyle(document.documentElement).backgroundColor);
    };
    const own = await paper(`/wall/${room.code}`);
    assert.notEqual(await paper(`/wall/${room.code}?theme=${theme}`), own);
    assert.equal(await paper(`/wall/${room.code}?theme=${colorScheme}`), own);
  }
});

/** The questions on the wall, each with its votes as they are written there. */
const askedOn = ({ page }) =>
  page.$$eval(".asked li", (all) => all.map((one) => [one.querySelector(".text").textContent, one.querySelector(".votes").textContent]));

story("a wall of questions has them by votes, as they are voted and answered, and never what was taken back in time", {}, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "발표", history: "all" });
  await setsWall(hub, room, "--delay", "4", "--view", "questions");
  const [ann, ben, cat] = [await talker(room), await talker(room), await talker(room)];
  const screen = await somebody({ viewport: HD });
  await screen.context.addInitScript(() => {
    window.seen = new Set();
    const look = () => document.querySelectorAll(".asked .text").forEach((one) => window.seen.add(one.textContent));
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await screen.opens(`/wall/${room.code}`);
  await screen.page.getByText("아직 질문이 없어요").waitFor();
  const begun = performance.now();
  const rude = await ann.says("실수?", { question: true });
  await ann.takesBack(rude.seq);
  const isInTime = performance.now() - begun < 4_000;
  const bus = await ann.says("버스는 몇 시에 와요?", { question: true });
  const lunch = await ben.says("점심은 언제예요?", { question: true });
  await ben.says("질문이 아니에요");
  for (const one of [ben, cat]) await one.votes(bus.seq);
  await cat.votes(lunch.seq);
  await until(async () => assert.deepEqual(await askedOn(screen), [["버스는 몇 시에 와요?", "2표"], ["점심은 언제예요?", "1표"]]), 30_000);
  await hub.host("question", "answered", room.code, String(bus.seq));
  await screen.page.locator(".asked .answered", { hasText: "답했어요" }).waitFor();
  assert.deepEqual((await askedOn(screen)).map(([text]) => text), ["점심은 언제예요?", "버스는 몇 시에 와요?"]);
  const seen = await screen.page.evaluate(() => [...window.seen]);
  assert.ok(!isInTime || !seen.includes("실수?"), "it was seen");
});

story("a wall of a poll has its numbers at once, or once it is closed, as the host has chosen", {}, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "무대 앞", history: "all" });
  await setsWall(hub, room, "--view", "poll");
  const [ann, ben] = [await talker(room), await talker(room)];
  const screen = await somebody({ viewport: HD });
  const { page } = screen;
  await screen.opens(`/wall/${room.code}`);
  await page.getByText("지금은 투표가 없어요").waitFor();
  const idOf = async () => JSON.parse(await hub.host("poll", "list", "--json"))[0].id;
  const counts = () => page.locator(".poll li b").allTextContents();

  await hub.host("poll", "add", "저녁에 무엇을 할까요?", "별 보기", "모닥불", "--results", "at-end");
  await page.getByRole("heading", { name: "저녁에 무엇을 할까요?" }).waitFor();
  const first = await idOf();
  for (const one of [ann, ben]) await one.chooses(first, 1);
  await page.getByText("2명이 투표했어요").waitFor();
  assert.deepEqual(await counts(), []);
  await hub.host("poll", "close", first);
  await page.getByText("투표가 끝났어요").waitFor();
  assert.deepEqual(await counts(), ["0표", "2표"]);

  await hub.host("poll", "add", "다음 노래는?", "하나", "둘", "--room", room.code);
  await page.getByRole("heading", { name: "다음 노래는?" }).waitFor();
  assert.deepEqual(await counts(), ["0표", "0표"]);
  await ann.chooses(await idOf(), 0);
  await until(async () => assert.deepEqual(await counts(), ["1표", "0표"]), 30_000);
});

// A wall is no view for a phone, so it is not among those of `kit/views.mjs`.
story("a wall passes axe, dark and light", {}, async ({ hub, somebody, talker }) => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const room = await hub.makeRoom({ title: "무대 앞", history: "all" });
  const locked = await hub.makeRoom({ title: "우리끼리", password: "1234" });
  await setsWall(hub, room, "--delay", "0");
  const ann = await talker(room);
  for (let n = 1; n <= 14; n += 1) await ann.says(`${n}번째`);
  await hub.host("announce", "add", "점심이 준비됐어요", "--room", room.code);
  const questions = await hub.makeRoom({ title: "발표", history: "all" });
  await setsWall(hub, questions, "--delay", "0", "--view", "questions");
  const asker = await talker(questions);
  const { seq } = await asker.says("자료는 어디에 있어요?", { question: true });
  await hub.host("question", "answered", questions.code, String(seq));
  await asker.says("다음 모임은 언제예요?", { question: true });
  const poll = await hub.makeRoom({ title: "투표", history: "all" });
  await setsWall(hub, poll, "--view", "poll");
  await hub.host("poll", "add", "저녁에 무엇을 할까요?", "별 보기", "모닥불", "--room", poll.code);
  for (const colorScheme of ["light", "dark"]) {
    const screen = await somebody({ viewport: HD, colorScheme, reducedMotion: "reduce" });
    const walls = [[room.code, ".said"], [questions.code, ".asked li"], [poll.code, ".poll li"], [locked.code, ".message p"]];
    for (const [code, seen] of walls) {
      await screen.opens(`/wall/${code}`);
      await screen.page.locator(seen).first().waitFor();
      await screen.page.evaluate(axe);
      const { violations } = await screen.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], `${code}, ${colorScheme}`);
    }
    assert.ok((await screen.page.locator(".said").count()) <= 12);
  }
});
