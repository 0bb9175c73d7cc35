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

// A wall is no view for a phone, so it is not among those of `kit/views.mjs`.
story("a wall passes axe, dark and light", {}, async ({ hub, somebody, talker }) => {
  const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
  const room = await hub.makeRoom({ title: "무대 앞", history: "all" });
  const locked = await hub.makeRoom({ title: "우리끼리", password: "1234" });
  await setsWall(hub, room, "--delay", "0");
  const ann = await talker(room);
  for (let n = 1; n <= 14; n += 1) await ann.says(`${n}번째`);
  await hub.host("announce", "add", "점심이 준비됐어요", "--room", room.code);
  for (const colorScheme of ["light", "dark"]) {
    const screen = await somebody({ viewport: HD, colorScheme, reducedMotion: "reduce" });
    for (const [code, seen] of [[room.code, ".said"], [locked.code, ".message p"]]) {
      await screen.opens(`/wall/${code}`);
      await screen.page.locator(seen).first().waitFor();
      await screen.page.evaluate(axe);
      const { violations } = await screen.page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], `${code}, ${colorScheme}`);
    }
    assert.ok((await screen.page.locator(".said").count()) <= 12);
  }
});
