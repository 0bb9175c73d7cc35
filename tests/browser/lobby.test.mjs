// The lobby: where something is going on comes first, and what is the same everywhere is said once.

import assert from "node:assert/strict";
import { DESK, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const titles = ({ page }) => page.locator(".card .card-title").allTextContents();

story("rooms in which people are, and those that one visited, come first", { COLAHUB_ROOMS_FIRST: "" }, async (stage) => {
  const { hub, somebody, somebodyIn } = stage;
  const rooms = {};
  for (const title of ["빈 방", "조용한 방", "붐비는 방"]) rooms[title] = await hub.makeRoom({ title });
  await somebodyIn(rooms["붐비는 방"]);
  await somebodyIn(rooms["붐비는 방"]);
  const ann = await somebody();
  await ann.opens("/");
  await until(async () => assert.deepEqual(await titles(ann), ["붐비는 방", "빈 방", "조용한 방"]));
  await ann.page.locator(".card", { hasText: "조용한 방" }).click();
  await ann.isLive();
  await ann.says("저 왔어요");
  await ann.page.goBack();
  await until(async () => assert.deepEqual(await titles(ann), ["조용한 방", "붐비는 방", "빈 방"]));
});

story("a list on a desk does not move under the hand", { COLAHUB_ROOMS_FIRST: "" }, async ({ hub, somebody, somebodyIn }) => {
  const rooms = [];
  for (const title of ["하나", "둘", "셋"]) rooms.push(await hub.makeRoom({ title }));
  const ann = await somebody({ viewport: DESK });
  await ann.opens("/");
  await until(async () => assert.deepEqual(await titles(ann), ["하나", "둘", "셋"]));
  await ann.page.locator(".card", { hasText: "셋" }).click();
  await ann.isLive();
  await somebodyIn(rooms[1]);
  await until(async () => assert.match(await ann.page.locator(".card", { hasText: "둘" }).textContent(), /1명/));
  assert.deepEqual(await titles(ann), ["하나", "둘", "셋"]);
  await ann.looksAway();
  await ann.looksAgain();
  await until(async () => assert.deepEqual(await titles(ann), ["셋", "둘", "하나"]));
});

story("a list does not move under a finger that is down on it", { COLAHUB_ROOMS_FIRST: "" }, async (stage) => {
  const { hub, somebody, somebodyIn } = stage;
  const rooms = [];
  for (const title of ["하나", "둘", "셋"]) rooms.push(await hub.makeRoom({ title }));
  const ann = await somebody();
  await ann.opens("/");
  await until(async () => assert.deepEqual(await titles(ann), ["하나", "둘", "셋"]));
  await ann.page.locator(".card", { hasText: "하나" }).click();
  await ann.isLive();
  await somebodyIn(rooms[2]);
  // From now on the list's answers are let through one by one.
  const held = [];
  await ann.page.route("**/chat/rooms", (route) => void held.push(route));
  const answered = async () => {
    await until(() => assert.equal(held.length, 1));
    await held.pop().continue();
  };
  await ann.page.locator(".room .back").click();
  const third = ann.page.locator(".card", { hasText: "셋" });
  const { x, y, width, height } = await third.boundingBox();
  await ann.page.mouse.move(x + width / 2, y + height / 2);
  await ann.page.mouse.down();
  await answered();
  // It asks again once it has taken up the answer, after which the room with people is the second.
  await answered();
  assert.deepEqual(await titles(ann), ["하나", "둘", "셋"]);
  await ann.page.mouse.up();
  await ann.page.locator(".room-title", { hasText: "셋" }).waitFor();
  await ann.isLive();
  await ann.page.locator(".room .back").click();
  await answered();
  await until(async () => assert.deepEqual(await titles(ann), ["셋", "하나", "둘"]));
});

story("a card says when somebody last spoke, and what is new since one was there", { COLAHUB_ROOMS_FIRST: "" }, async (stage) => {
  const { hub, somebody, somebodyIn } = stage;
  const room = await hub.makeRoom({ title: "하나" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ann.says("저 왔어요");
  await ann.page.goBack();
  await ann.opens("/");
  const card = ann.page.locator(".card", { hasText: "하나" });
  await card.getByText("방금 대화").waitFor();
  assert.equal(await ann.page.locator(".card-new").count(), 0);
  await ben.says("어서 와요");
  await card.getByText("새 소식").waitFor();
  assert.equal(await ann.page.locator(".card", { hasText: "남음" }).count(), 0);
  await ann.fits();
});

story("a list that has not changed is not sent again", { COLAHUB_ROOMS_FIRST: "" }, async ({ hub, somebody }) => {
  await hub.makeRoom({ title: "하나" });
  const ann = await somebody();
  // The page is told 200: that the hub said 304 is known below it.
  const wire = await ann.page.context().newCDPSession(ann.page);
  await wire.send("Network.enable");
  let unchanged = 0;
  wire.on("Network.responseReceivedExtraInfo", ({ statusCode }) => (unchanged += statusCode === 304));
  await ann.opens("/");
  await ann.page.locator(".card", { hasText: "하나" }).waitFor();
  await until(async () => assert.ok(unchanged > 0));
  await hub.makeRoom({ title: "둘" });
  await ann.page.locator(".card", { hasText: "둘" }).waitFor();
});
