// Several rooms at once: opening another leaves none, what comes elsewhere is told, and a full room lets one in by itself.

import assert from "node:assert/strict";
import { DESK, PHONE, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const ALONE = { COLAHUB_ROOMS_FIRST: "" };

const card = ({ page }, title) => page.locator(".card", { hasText: title });

async function opens(person, title) {
  await card(person, title).click();
  await person.page.locator(".room-title", { hasText: title }).waitFor();
  await person.isLive();
}

/** Back to the list, which a desk has beside the room. */
async function goesBack(person) {
  if (await person.page.locator(".room .back").isVisible()) await person.page.locator(".room .back").click();
}

/** How many the hub counts in each room. */
async function present(hub) {
  const { data } = await (await fetch(`${hub.direct}/chat/rooms`)).json();
  return Object.fromEntries(data.map((room) => [room.title, room.present]));
}

for (const [where, viewport] of Object.entries({ phone: PHONE, desk: DESK })) {
  story(`one is in two rooms at once and goes back and forth, on a ${where}`, ALONE, async (stage) => {
    const { hub, somebody, talker } = stage;
    const [one, two] = [await hub.makeRoom({ title: "하나" }), await hub.makeRoom({ title: "둘" })];
    const ben = await talker(one);
    const cat = await talker(two);
    const ann = await somebody({ viewport });
    const lines = [];
    ann.page.on("websocket", (socket) => lines.push(socket.url()));
    await ann.opens("/");
    await opens(ann, "하나");
    await ann.says("저 왔어요");
    await goesBack(ann);
    await opens(ann, "둘");
    await ann.says("여기도 왔어요");
    await until(async () => assert.deepEqual(await present(hub), { 하나: 2, 둘: 2 }));
    await ben.says("어서 와요");
    await ben.says("잘 지냈어요?");
    await goesBack(ann);
    await card(ann, "하나").getByText("새 소식 2개").waitFor();
    await card(ann, "하나").getByText("들어와 있어요").waitFor();
    await ann.fits();
    await cat.says("안녕하세요");

    await opens(ann, "하나");
    await ann.sees("잘 지냈어요?");
    await ann.page.locator(".log").getByText("여기까지 읽었어요").waitFor();
    assert.deepEqual(await ann.said(), ["저 왔어요", "어서 와요", "잘 지냈어요?"]);
    await goesBack(ann);
    await opens(ann, "둘");
    await ann.sees("안녕하세요");
    assert.deepEqual(await ann.said(), ["여기도 왔어요", "안녕하세요"]);
    assert.equal(lines.length, 1, "one connection for both");

    await ann.opensDetails();
    await ann.page.getByRole("button", { name: "방 나가기" }).click();
    await until(async () => assert.deepEqual(await present(hub), { 하나: 2, 둘: 1 }));
    await ben.says("아직 있죠?");
    await opens(ann, "하나");
    await ann.sees("아직 있죠?");
    assert.equal(await card(ann, "둘").getByText("들어와 있어요").count(), 0);
  });
}

story("rooms of two channels share the connection, too", ALONE, async ({ hub, somebody, talker }) => {
  const rooms = [await hub.makeRoom({ title: "하나" }), await hub.makeRoom({ title: "둘", namespace: "놀이" })];
  const ben = await talker(rooms[0]);
  const ann = await somebody({ viewport: DESK });
  const lines = [];
  ann.page.on("websocket", (socket) => lines.push(socket.url()));
  await ann.opens("/");
  await opens(ann, "하나");
  await ann.says("저 왔어요");
  await opens(ann, "둘");
  await ben.says("어서 와요");
  await card(ann, "하나").getByText("새 소식 1개").waitFor();
  await opens(ann, "하나");
  await ann.sees("어서 와요");
  assert.equal(lines.length, 1);
});

story("in a room that one has left, what is said counts as new, and who comes does not", ALONE, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "하나" });
  const ben = await talker(room);
  const ann = await somebody({ viewport: DESK });
  await ann.opens("/");
  await opens(ann, "하나");
  await ben.says("첫째");
  await ann.sees("첫째");
  await ann.opensDetails();
  await ann.page.getByRole("button", { name: "방 나가기" }).click();
  await until(async () => assert.deepEqual(await present(hub), { 하나: 1 }));
  await talker(room);
  await ben.says("둘째");
  await card(ann, "하나").getByText("새 소식 1개").waitFor();
});

story("who is named elsewhere sees and hears it", ALONE, async ({ hub, somebody, talker }) => {
  const [one] = [await hub.makeRoom({ title: "하나" }), await hub.makeRoom({ title: "둘" })];
  const ben = await talker(one);
  const ann = await somebody();
  await ann.page.addInitScript(() => {
    window.felt = [];
    navigator.vibrate = (pattern) => Boolean(window.felt.push([pattern].flat().length));
  });
  await ann.opens("/");
  await opens(ann, "하나");
  const name = await ann.name();
  await ann.opensDetails();
  await ann.page.getByRole("group", { name: "진동" }).getByLabel("나를 부를 때").check();
  await ann.closesSheet();
  await ann.page.evaluate(() => window.felt.splice(0));
  await goesBack(ann);
  await opens(ann, "둘");
  assert.equal(await ann.page.title(), "둘");
  await ben.says("아무나");
  await ben.names(name, "어디 있어요?");
  await ann.page.waitForFunction(() => document.title === "(1) 둘");
  await until(async () => assert.deepEqual(await ann.page.evaluate(() => window.felt), [3]));
  await goesBack(ann);
  await card(ann, "하나").getByText("나를 불렀어요").waitFor();
  await card(ann, "하나").getByText("새 소식 2개").waitFor();
  await ann.page.waitForFunction(() => document.title === "(1) 여름 캠프");
  await opens(ann, "하나");
  await ann.page.waitForFunction(() => document.title === "하나");
  await goesBack(ann);
  await card(ann, "하나").getByText("들어와 있어요").waitFor();
  assert.equal(await ann.page.locator(".card-named, .card-new").count(), 0, "read now");
});

story("while nobody looks the tab counts what is new in all rooms", ALONE, async ({ hub, somebody, talker }) => {
  const rooms = [await hub.makeRoom({ title: "하나" }), await hub.makeRoom({ title: "둘" })];
  const [ben, cat] = [await talker(rooms[0]), await talker(rooms[1])];
  const ann = await somebody();
  await ann.opens("/");
  await opens(ann, "하나");
  await goesBack(ann);
  await opens(ann, "둘");
  await ann.looksAway();
  await ben.says("하나");
  await cat.says("둘");
  await cat.says("셋");
  await ann.page.waitForFunction(() => document.title === "(3) 둘");
  await ann.looksAgain();
  await ann.page.waitForFunction(() => document.title === "둘");
});

story("a full room lets one in by itself when somebody leaves", ALONE, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "작은 방", capacity: 2 });
  const [ben, cat] = [await talker(room), await talker(room)];
  const ann = await somebody();
  await ann.opens(`/r/${room.code}`);
  await ann.page.getByText("자리가 나면 저절로 들어가요.").waitFor();
  await ann.fits();
  assert.equal(await ann.composer.count(), 0);
  cat.leaves();
  await ann.isLive();
  await ben.says("어서 와요");
  await ann.sees("어서 와요");
});

story("who does not want to wait for a place does not get in", ALONE, async ({ hub, somebody, talker }) => {
  const room = await hub.makeRoom({ title: "작은 방", capacity: 2 });
  const [, cat] = [await talker(room), await talker(room)];
  const ann = await somebody();
  await ann.opens("/");
  await card(ann, "작은 방").click();
  await ann.page.getByRole("link", { name: "그만 기다리기" }).click();
  await card(ann, "작은 방").getByText("가득 찼어요").waitFor();
  cat.leaves();
  await card(ann, "작은 방").getByText("1 / 2명").waitFor();
  assert.deepEqual(await present(hub), { "작은 방": 1 });
});

story("a killed hub brings both rooms back, with all that was written", ALONE, async ({ hub, somebody, somebodyIn }) => {
  const [one, two] = [await hub.makeRoom({ title: "하나" }), await hub.makeRoom({ title: "둘" })];
  const ben = await somebodyIn(one);
  const cat = await somebodyIn(two);
  const ann = await somebody();
  await ann.opens("/");
  await opens(ann, "하나");
  await ann.says("하나에서");
  await goesBack(ann);
  await opens(ann, "둘");
  await ann.says("둘에서");
  await hub.kill();
  await ann.writes("둘에서 기다리며");
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await goesBack(ann);
  await card(ann, "하나").click();
  await ann.composer.waitFor();
  await ann.writes("하나에서 기다리며");
  await ben.writes("나도 기다리며");
  await hub.start();
  await ben.sees("하나에서 기다리며");
  await cat.sees("둘에서 기다리며");
  await ann.sees("나도 기다리며");
  await until(async () => assert.deepEqual(await present(hub), { 하나: 2, 둘: 2 }));
  await cat.says("다시 왔네요");
  const [inOne, inTwo] = [await ben.said(), await cat.said()];
  assert.deepEqual(inOne.slice().sort(), ["나도 기다리며", "하나에서", "하나에서 기다리며"]);
  assert.deepEqual(inTwo, ["둘에서", "둘에서 기다리며", "다시 왔네요"]);
  assert.deepEqual(await ann.said(), inOne);
  await goesBack(ann);
  await opens(ann, "둘");
  await ann.sees("다시 왔네요");
  assert.deepEqual(await ann.said(), inTwo);
});

story("after a reload one is in both rooms again", ALONE, async ({ hub, somebody, talker }) => {
  const rooms = [await hub.makeRoom({ title: "하나" }), await hub.makeRoom({ title: "둘" })];
  const ben = await talker(rooms[0]);
  const ann = await somebody({ viewport: DESK });
  await ann.opens("/");
  await opens(ann, "하나");
  await ann.says("저 왔어요");
  await opens(ann, "둘");
  await until(async () => assert.deepEqual(await present(hub), { 하나: 2, 둘: 1 }));
  await ann.page.goto("about:blank");
  await until(async () => assert.deepEqual(await present(hub), { 하나: 1, 둘: 0 }));
  await ben.says("어디 갔어요?");
  await ann.page.goBack();
  await ann.isLive();
  await until(async () => assert.deepEqual(await present(hub), { 하나: 2, 둘: 1 }));
  await card(ann, "하나").getByText("새 소식 1개").waitFor();
  await card(ann, "하나").getByText("들어와 있어요").waitFor();
});
