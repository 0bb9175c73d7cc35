// Proxies, captive portals and routers that do not let WebSockets live: the page goes on by polling.

import assert from "node:assert/strict";
import { MIDDLEBOXES } from "./kit/wire.mjs";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

/** They talk with each other, and go on after a loss of the network. */
async function chat(hub, ann, ben) {
  await ann.isLive();
  await ann.says("하나");
  await ben.sees("하나");
  await ben.says("둘");
  await ann.sees("둘");
  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await ann.writes("셋");
  await ben.writes("넷");
  hub.wire.mend();
  await ann.hasSentAll();
  await ben.hasSentAll();
  await until(async () => {
    assert.deepEqual([...(await ann.said())].sort(), ["넷", "둘", "셋", "하나"]);
    assert.deepEqual(await ben.said(), await ann.said());
    assert.equal(await ann.banner.textContent(), "");
  });
}

/** The people in the room now, and whether the page goes on without coming and going. */
async function isCalm(hub, room, ann) {
  const count = () => ann.page.locator(".log .notice[data-seq]").count();
  const before = await count();
  const joins = ann.joins.length;
  await ann.says("다섯");
  assert.equal(await count(), before);
  assert.equal(ann.joins.length, joins, "no new connection");
  assert.equal(JSON.parse(await hub.host("chatter", "list", room.code, "--json")).length, 2);
}

/** Counts the sessions that a page opens. */
function watch(person) {
  person.joins = [];
  person.page.on("request", (request) => {
    if (/socket\.io/.test(request.url()) && !/sid=/.test(request.url())) person.joins.push(request.url());
  });
}

for (const name of Object.keys(MIDDLEBOXES)) {
  story(`one that ${name} WebSockets, at the first meeting`, {}, async ({ hub, somebody, somebodyIn }) => {
    const room = await hub.makeRoom({ title: "가운데" });
    hub.wire.meddle(name);
    const ben = await somebodyIn(room);
    const ann = await somebody();
    watch(ann);
    await ann.opens(`/r/${room.code}`);
    await chat(hub, ann, ben);
    await isCalm(hub, room, ann);
  });

  story(`one that ${name} WebSockets, come upon later`, {}, async ({ hub, somebodyIn }) => {
    const room = await hub.makeRoom({ title: "가운데" });
    const ben = await somebodyIn(room);
    const ann = await somebodyIn(room);
    watch(ann);
    await ann.says("영");
    await ann.opens("/");
    hub.wire.meddle(name);
    await ann.opens(`/r/${room.code}`);
    await ann.isLive();
    await isCalm(hub, room, ann);
    await ben.sees("다섯");
    // And back to a network where nothing is in between.
    hub.wire.meddle(null);
    await ann.page.reload();
    await ann.isLive();
    await ann.sees("다섯");
    await isCalm(hub, room, ann);
  });
}
