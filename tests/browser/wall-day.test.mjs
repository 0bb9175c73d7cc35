// A wall that runs for days: its page stays as small as it was, whatever comes and goes.
//
// The page's clock is fast: between two answers it waits for no time at all. WALL_POLLS=57600 is a whole day.

import assert from "node:assert/strict";
import { HANGS, story } from "./kit/story.mjs";
import { leavesWall, onWall, seenBy, setsWall, showsOnWall, watchFrames } from "./kit/wall.mjs";

const POLLS = Number(process.env.WALL_POLLS ?? 4_000);
/** More than a poll takes on a slow board, in ms. */
const POLL_TAKES = 200;
/** After how many messages one is taken back. */
const TAKEN_EACH = 100;
/** How often in that time the hub is killed and started again. */
const KILLS = 4;
/** How much more than at the start the page may keep, in bytes: the engine's own noise. */
const NOISE = 400_000;

story("a day on the wall", { COLAHUB_LIMITS_PROFILE: "off" }, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "무대 앞", history: "all" });
  await setsWall(hub, room, "--delay", "0");
  let ann = await talker(room);
  // Small and still: a processor draws it, and what is drawn is looked at elsewhere.
  const screen = await somebody({ viewport: { width: 640, height: 360 }, reducedMotion: "reduce" });
  await watchFrames(screen);
  await screen.context.addInitScript(() => {
    window.polls = 0;
    const { fetch, setTimeout } = window;
    window.fetch = (...args) => {
      window.polls += 1;
      return fetch(...args);
    };
    // The pauses of the page pass at once; what it waits for at most does not.
    window.setTimeout = (call, ms, ...args) => setTimeout(call, ms >= 1_000 && ms < 5_000 ? 0 : ms, ...args);
  });
  await ann.says("처음");
  await screen.opens(`/wall/${room.code}`);
  await showsOnWall(screen, "처음");

  const cdp = await screen.context.newCDPSession(screen.page);
  await cdp.send("Performance.enable");
  const size = async () => {
    for (let n = 0; n < 3; n += 1) await cdp.send("HeapProfiler.collectGarbage");
    const { metrics } = await cdp.send("Performance.getMetrics");
    return Object.fromEntries(metrics.map(({ name, value }) => [name, value]));
  };
  const polls = () => screen.page.evaluate(() => window.polls);
  let said = 0;
  const taken = new Set();
  /** Says it, and takes it back as soon as it is on the wall: from then on nothing of it is seen. */
  const takeBack = async () => {
    const text = `${said}번째는 취소`;
    const { seq } = await ann.says(text);
    await showsOnWall(screen, text);
    await ann.takesBack(seq);
    await leavesWall(screen, text);
    await screen.page.evaluate((gone) => window.seen.texts.delete(gone), text);
    taken.add(text);
  };
  /** People talk until the page has asked so often. */
  const talk = async (goal) => {
    while ((await polls()) < goal) {
      said += 1;
      await ann.says(`${said}번째 메시지 ${"가나다라마바사 ".repeat(said % 30)}`);
      if (said % TAKEN_EACH === 0) await takeBack();
    }
    await showsOnWall(screen, `${said}번째`);
    const again = (await seenBy(screen)).texts.filter((text) => taken.has(text));
    assert.deepEqual(again, [], "taken back, and on the wall again");
    // What the test itself has collected is none of the page's.
    await screen.page.evaluate(() => window.seen.texts.clear());
  };
  await talk(POLLS / 10);
  const before = await size();
  for (let kill = 1; kill <= KILLS; kill += 1) {
    await talk((POLLS * kill) / (KILLS + 1));
    ann.leaves();
    await hub.restart();
    ann = await talker(room);
  }
  await talk(POLLS);
  const after = await size();
  const grown = after.JSHeapUsedSize - before.JSHeapUsedSize;
  const seen = await seenBy(screen);
  console.log(`${await polls()} polls, ${said} messages, ${taken.size} taken back, ${KILLS} kills, the longest time without a message`,
    `${seen.longestBlank} ms, ${seen.frames} frames: ${before.JSHeapUsedSize} → ${after.JSHeapUsedSize} bytes,`,
    `${before.Nodes} → ${after.Nodes} nodes, ${before.JSEventListeners} → ${after.JSEventListeners} listeners`);
  assert.ok(grown < NOISE, `${grown} bytes more`);
  assert.ok(after.Nodes < before.Nodes * 1.5 + 100, `${before.Nodes} nodes became ${after.Nodes}`);
  assert.ok(after.JSEventListeners <= before.JSEventListeners + 5);
  assert.ok((await onWall(screen)).length <= 12);
  assert.equal(seen.blank, 0, "a frame without any message");
  ann.leaves();
}, undefined, HANGS + POLLS * POLL_TAKES);
