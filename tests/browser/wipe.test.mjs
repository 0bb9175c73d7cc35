// A wipe while people have the page open: they come back to empty rooms by themselves, and see nothing of before.

import assert from "node:assert/strict";
import { story } from "./kit/story.mjs";

story("an open page comes back to the empty room of the host, and to the end of a guests' room", {}, async ({ hub, somebodyIn }) => {
  await hub.host("room", "create", "무대");
  const rooms = JSON.parse(await hub.host("room", "list", "--json"));
  const stage = rooms.find(({ title }) => title === "무대");
  const ann = await somebodyIn(stage);
  await ann.says("수박은 맛있어요");
  const name = await ann.name();
  const ben = await somebodyIn(await hub.makeRoom({ title: "우리끼리" }));
  await ben.says("참외도 맛있어요");

  const receipt = await hub.host("wipe", "--yes", "--keep-rooms");
  assert.match(receipt, /2 messages in 3 rooms, and 2 people/);
  await ann.page.getByText("수박은 맛있어요").waitFor({ state: "detached" });
  await ann.isLive();
  assert.notEqual(await ann.name(), name, "the one that they were is forgotten");
  await ann.says("다시 안녕");
  await ben.page.getByText("끝난 방이에요").first().waitFor();

  const cho = await somebodyIn(stage);
  await cho.sees("다시 안녕");
  assert.equal(await cho.page.getByText("수박은 맛있어요").count(), 0);
  await ben.opens("/");
  await ben.page.locator(".card").first().waitFor();
  assert.deepEqual(await ben.page.locator(".card", { hasText: "우리끼리" }).count(), 0);
  // What the page keeps of before is gone with the next visit, too.
  await ann.page.reload();
  await ann.isLive();
  await ann.sees("다시 안녕");
  assert.equal(await ann.page.getByText("수박은 맛있어요").count(), 0);
});
