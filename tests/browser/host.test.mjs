// The host's commands on the machine, as people with phones see them.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const GONE = "지운 메시지예요";

/** The numbers by which the host knows what was said. */
async function seqOf(hub, room, text) {
  const said = JSON.parse(await hub.host("message", "list", room.code, "--json"));
  return String(said.find((one) => one.content === text).seq);
}

story("a message that the host deletes is gone from every screen, at once and later", {}, async (kit) => {
  const { hub, somebodyIn } = kit;
  const room = await hub.makeRoom({ title: "점심" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ann.says("제 번호는 010-1234-5678");
  await ben.sees("010-1234-5678");
  await ann.says("아, 아니에요");
  await ben.sees("아, 아니에요");

  await hub.host("message", "delete", room.code, await seqOf(hub, room, "제 번호는 010-1234-5678"));
  for (const person of [ann, ben]) {
    await person.page.locator(".bubble.taken-back", { hasText: GONE }).waitFor();
    assert.deepEqual(await person.said(), [GONE, "아, 아니에요"]);
    // A screen reader's user is told as well.
    await person.page.locator("[role=status]", { hasText: GONE }).waitFor({ state: "attached" });
    await person.fits();
  }

  hub.wire.cut();
  await hub.host("message", "delete", room.code, await seqOf(hub, room, "아, 아니에요"));
  assert.deepEqual(await ben.said(), [GONE, "아, 아니에요"], "who is away does not know it yet");
  hub.wire.mend();
  await until(async () => assert.deepEqual(await ben.said(), [GONE, GONE]));
  await ben.page.reload();
  await ben.isLive();
  assert.deepEqual(await ben.said(), [GONE, GONE]);
  const kept = await ann.page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  assert.ok(!kept.includes("010-1234"), kept);
});

story("a room whose door the host has shut", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "운영진" });
  const ann = await somebodyIn(room);
  await hub.host("room", "lock", room.code);
  await ann.opensDetails();
  await ann.page.locator(".sheet", { hasText: "방의 문을 닫았어요" }).waitFor();
  await ann.fits();
  await ann.closesSheet();
  await ann.says("우리끼리");

  const eve = await somebody();
  await eve.opens("/");
  await eve.page.locator(".card", { hasText: "운영진" }).locator(".card-more", { hasText: "새로 못 들어가요" }).waitFor();
  await eve.fits();
  await eve.page.locator(".card", { hasText: "운영진" }).click();
  await eve.page.getByRole("heading", { name: "새로 들어갈 수 없는 방이에요" }).waitFor();
  await eve.fits();

  await ann.page.reload();
  await ann.isLive();
  await ann.sees("우리끼리");
  await hub.host("room", "unlock", room.code);
  await eve.page.getByRole("button", { name: "다시 해 보기" }).click();
  await eve.isLive();
});

story("a banned person is told so on a page that stays", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "광장" });
  const ben = await somebodyIn(room);
  const sockets = [];
  ben.page.on("websocket", (socket) => sockets.push(socket));
  const asked = [];
  // The page's own parts are fetched ahead whenever it has time.
  const isPart = (url) => new URL(url).pathname.startsWith("/assets/");
  ben.page.on("request", (request) => isPart(request.url()) || asked.push(request.url()));
  const [{ id }] = JSON.parse(await hub.host("chatter", "list", room.code, "--json"));
  await hub.host("chatter", "ban", id);
  await ben.page.locator(".banner", { hasText: "막았어요" }).waitFor();
  await ben.page.reload();
  await ben.page.getByRole("heading", { name: "들어갈 수 없어요" }).waitFor();
  await ben.page.locator(".empty", { hasText: "막았어요" }).waitFor();
  await ben.fits();
  // It asked once, and leaves it at that: nothing goes on behind the page.
  const before = [sockets.length, asked.length];
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  assert.deepEqual([sockets.length, asked.length], before);
  await hub.host("chatter", "unban", id);
  await ben.page.getByRole("button", { name: "다시 해 보기" }).click();
  await ben.isLive();
});

story("who is muted is told so over the composer, keeps what is written, and speaks again", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "광장" });
  const ann = await somebodyIn(room);
  const [{ id }] = JSON.parse(await hub.host("chatter", "list", room.code, "--json"));
  const ben = await somebodyIn(room);
  const note = ann.page.locator(".muted");
  await hub.host("chatter", "mute", id, "--minutes", "60");
  await note.filter({ hasText: /\d\d:\d\d까지 말을 멈추게 했어요/ }).waitFor();
  await ann.composer.fill("참고 있어요");
  await ann.page.keyboard.press("Enter");
  assert.equal(await ann.page.locator(".send").getAttribute("aria-disabled"), "true");
  await ben.says("천천히요");
  await ann.sees("천천히요");
  await ann.fits();
  await hub.host("chatter", "mute", id);
  await note.filter({ hasText: /^주최자가 말을 멈추게 했어요/ }).waitFor();
  await ann.page.reload();
  await ann.isLive();
  await note.filter({ hasText: "말을 멈추게" }).waitFor();
  assert.equal(await ann.composer.inputValue(), "참고 있어요");
  assert.equal(await ben.page.locator(".muted").textContent(), "");
  await hub.host("chatter", "unmute", id);
  await until(async () => assert.equal(await note.textContent(), ""));
  await ann.composer.press("Enter");
  await ben.sees("참고 있어요");
  assert.deepEqual(await ben.said(), ["천천히요", "참고 있어요"]);
});

for (const act of ["close", "delete"]) {
  story(`what one was writing when the host did ${act} the room is still there`, {}, async ({ hub, somebodyIn }) => {
    const room = await hub.makeRoom({ title: "쓰다 만" });
    const ann = await somebodyIn(room);
    await ann.composer.fill("반쯤 쓴\n메시지");
    await hub.host("room", act, room.code);
    const draft = ann.page.getByRole("region", { name: "아직 보내지 않은 메시지예요" });
    await draft.getByText("반쯤 쓴").waitFor();
    await draft.getByRole("button", { name: "복사" }).click();
    await draft.getByText("복사했어요").first().waitFor();
    assert.equal(await ann.composer.count(), 0);
  });
}
