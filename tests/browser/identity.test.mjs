// Browsers that keep no cookies: who one is goes along with every call and connection all the same.

import assert from "node:assert/strict";
import { story } from "./kit/story.mjs";

/** The notices in a room, as somebody who was there all the time reads them. */
const notices = (person) =>
  person.page.$$eval(".log .notice[data-seq]", (all) => all.map((notice) => notice.textContent.replace("이름 바꾸기", "")));

/** The people in the room, as the host sees them. */
const present = async (hub, room) => JSON.parse(await hub.host("chatter", "list", room.code, "--json"));

story("a browser that blocks cookies and storage", {}, async ({ hub, somebodyIn, somebodyBlockingCookies }) => {
  const room = await hub.makeRoom({ title: "과자 없이" });
  const ben = await somebodyIn(room);
  const ann = await somebodyBlockingCookies();
  await ann.opens("/");
  const storage = await ann.page.evaluate(() => {
    try {
      return typeof localStorage;
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(storage, "SecurityError", "this browser has no storage");
  await ann.page.locator(".card", { hasText: "과자 없이" }).click();
  await ann.isLive();
  await ann.says("들어왔어요!");
  await ben.sees("들어왔어요!");
  await ben.says("어서 와요");
  await ann.sees("어서 와요");
  assert.equal((await notices(ben)).length, 2, "each came in once, and nobody left");

  // A loss of the network, the list of people, another name, a page of history: all as the same person.
  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await ben.writes("안 들리죠?");
  await ann.writes("아직이요");
  hub.wire.mend();
  await ann.hasSentAll();
  await ann.sees("안 들리죠?");
  await ann.opensDetails();
  await ann.page.locator("#nickname").fill("과자");
  await ann.page.keyboard.press("Enter");
  await ann.page.getByText("이름을 바꿨어요.").waitFor();
  await ann.closesSheet();
  const people = await present(hub, room);
  assert.equal(people.length, 2, JSON.stringify(people));
  assert.equal(await ben.page.locator(".msg.theirs .who").count(), await ben.page.locator(".msg.theirs:not(.cont)").count());

  // Out to the lobby and in again, in the same page: still the same person.
  await ann.page.getByRole("link", { name: "방 목록으로" }).click();
  await ann.page.locator(".card", { hasText: "과자 없이" }).click();
  await ann.isLive();
  await ann.sees("들어왔어요!");
  assert.equal((await present(hub, room)).filter(({ nickname }) => nickname === "과자").length, 1);
});

story("a locked room, with cookies blocked", {}, async ({ hub, somebodyBlockingCookies }) => {
  const room = await hub.makeRoom({ title: "비밀", password: "1234" });
  const ann = await somebodyBlockingCookies();
  await ann.opens(`/r/${room.code}`);
  await ann.page.getByLabel("비밀번호", { exact: true }).fill("1234");
  await ann.page.keyboard.press("Enter");
  await ann.isLive();
  await ann.says("열렸다");
  await ann.opensPeople();
  assert.equal(await ann.page.locator(".sheet .people li").count(), 1);
});

story("cookies that get lost on the way, where the browser would keep them", {}, async (kit) => {
  const { hub, somebody, somebodyIn } = kit;
  const room = await hub.makeRoom({ title: "걸러진 과자" });
  const ben = await somebodyIn(room);
  hub.wire.dropCookies();
  const ann = await somebody();
  await ann.enters(room);
  await ann.says("하나");
  await ben.sees("하나");
  // The browser did not know it, so that this once somebody came in whom nobody knew any more. They are gone.
  await ben.page.locator(".log .notice", { hasText: "나갔어요" }).waitFor();
  const ids = async () => (await present(hub, room)).map(({ id }) => id).sort();
  const before = await ids();
  assert.equal(before.length, 2);
  // From now on this browser knows what to do: after a reload one is the same person.
  await ann.page.reload();
  await ann.isLive();
  await ann.sees("하나");
  assert.equal(await ann.page.locator(".msg.mine").count(), 1, "one's own message is one's own");
  await ann.says("둘");
  await ben.sees("둘");
  assert.deepEqual(await ids(), before);
});

story("cookies cleared while one is in a room", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "비운 과자" });
  const ann = await somebodyIn(room);
  await ann.says("하나");
  await ann.context.clearCookies();
  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await ann.writes("둘");
  hub.wire.mend();
  await ann.hasSentAll();
  await ann.sees("둘");
  assert.deepEqual(await ann.said(), ["하나", "둘"]);
});
