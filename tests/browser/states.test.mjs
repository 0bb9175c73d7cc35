// Views tell the truth: of rooms that are over, of people who were taken out, of oneself in a crowd.

import assert from "node:assert/strict";
import { crowd } from "./kit/talk.mjs";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const idOf = async (hub, room, name) =>
  JSON.parse(await hub.host("chatter", "list", room.code, "--json")).find(({ nickname }) => nickname === name).id;

/** A room that is over for somebody: it can be read, and nothing invites to what is not possible. */
async function isOver(person, words) {
  const { page } = person;
  await page.locator(".room .banner, .room .empty h2").getByText(words).waitFor();
  for (const gone of [".composer", ".typing", ".people-button", ".room .bar > .round:last-child:not(.back)"]) {
    assert.equal(await page.locator(gone).count(), 0, gone);
  }
  assert.equal(await page.getByText("먼저 인사해 볼까요?").count(), 0);
  assert.equal(await page.locator(".room-title p").textContent(), "광장", "nobody is counted");
  assert.equal(await page.locator(".sheet").count(), 0);
  await person.fits();
}

for (const { what, end, words } of [
  { what: "closed", end: "close", words: "방을 닫았어요" },
  { what: "deleted", end: "delete", words: "방을 지웠어요" },
]) {
  story(`a room that the host ${what}, in which nothing was said`, {}, async ({ hub, somebody, somebodyIn }) => {
    const room = await hub.makeRoom({ title: "닫힐 방" });
    const ann = await somebodyIn(room);
    const ben = await somebodyIn(room);
    await ben.opensDetails();
    await ann.page.getByText("먼저 인사해 볼까요?").waitFor();
    await hub.host("room", end, room.code);
    await isOver(ann, words);
    await isOver(ben, words);
    await ann.page.getByRole("link", { name: "방 목록 보기" }).click();
    await ann.page.locator(".lobby .card").first().waitFor();
    const late = await somebody();
    await late.opens(`/r/${room.code}`);
    const heading = end === "close" ? "끝난 방이에요" : "그런 방이 없어요";
    await late.page.getByRole("heading", { name: heading }).waitFor();
    await late.fits();
  });
}

story("a deleted room shows nothing of what was said", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "지울 방" });
  const ann = await somebodyIn(room);
  await ann.says("제 번호는 010-1234-5678");
  await hub.host("room", "delete", room.code);
  await isOver(ann, "방을 지웠어요");
  assert.equal((await ann.page.content()).includes("010-1234"), false);
});

story("a room that closes while one is away", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "그 사이" });
  const ann = await somebodyIn(room);
  await ann.says("금방 올게요");
  hub.wire.cut();
  await ann.banner.getByText("다시 연결하는 중").waitFor();
  await hub.host("room", "close", room.code);
  // The hub forgets which rooms it ended in an earlier run.
  await hub.restart();
  hub.wire.mend();
  await isOver(ann, "끝난 방이에요");
  await ann.sees("금방 올게요");
});

story("a kicked person can come back, and is told how", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "내보내기" });
  const ben = await somebodyIn(room);
  const name = await ben.name();
  await ben.says("나 여기 있어");
  await hub.host("chatter", "kick", await idOf(hub, room, name));
  await isOver(ben, "내보냈어요");
  await ben.banner.getByRole("button", { name: "다시 들어가기" }).click();
  await ben.isLive();
  await until(async () => assert.equal(await ben.banner.textContent(), ""));
  await ben.says("다시 왔어");
  assert.deepEqual(await ben.said(), ["나 여기 있어", "다시 왔어"]);
  assert.equal(await ben.name(), name);
});

story("somebody who is kicked while a message is on its way stays out until they want back", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "늦은 글" });
  const ben = await somebodyIn(room);
  const id = await idOf(hub, room, await ben.name());
  // The hub hears the message only after the kick.
  hub.wire.hold();
  await ben.writes("한마디만");
  await hub.host("chatter", "kick", id);
  hub.wire.release();
  await ben.banner.getByText("내보냈어요").waitFor();
  await ben.page.getByText("보내지 못했어요").waitFor();
  assert.deepEqual(JSON.parse(await hub.host("chatter", "list", room.code, "--json")), []);
  await ben.banner.getByRole("button", { name: "다시 들어가기" }).click();
  await ben.isLive();
  await ben.page.getByRole("button", { name: "다시 보내기" }).click();
  await ben.hasSentAll();
  assert.deepEqual(await ben.said(), ["한마디만"]);
});

story("a banned person is told so at once, and is not offered to come back", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "차단" });
  const ben = await somebodyIn(room);
  await hub.host("chatter", "ban", await idOf(hub, room, await ben.name()));
  await isOver(ben, "막았어요");
  assert.equal(await ben.banner.getByRole("button").count(), 0);
});

story("somebody who is banned while away is told so when they come back", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "차단" });
  const ben = await somebodyIn(room);
  const id = await idOf(hub, room, await ben.name());
  hub.wire.cut();
  await ben.banner.getByText("다시 연결하는 중").waitFor();
  await hub.host("chatter", "ban", id);
  hub.wire.mend();
  await isOver(ben, "막았어요");
});

story("in a crowd one is told one's own name, and is in the list", { COLAHUB_LIMITS_PROFILE: "off" }, async (kit) => {
  const { hub, somebodyIn } = kit;
  const room = await hub.makeRoom({ title: "개막식" });
  await crowd(hub.direct, room, 70, async () => {
    const ann = await somebodyIn(room);
    const told = ann.page.locator(".log .notice", { hasText: "내 이름은" });
    await told.waitFor();
    await told.getByRole("button", { name: "이름 바꾸기" }).click();
    const name = await ann.page.locator("#nickname").inputValue();
    assert.ok((await told.textContent()).includes(name));
    await ann.fits();
    await ann.closesSheet();
    // The others' coming is told in between; one's own name stays where one came in.
    await ann.says("안녕");
    assert.equal(await told.count(), 1);
    await ann.opensPeople();
    await ann.page.locator(".people li", { hasText: "(나)" }).waitFor();
    const first = ann.page.locator(".people li").first();
    assert.equal(await first.locator("bdi").textContent(), name);
    await ann.page.getByRole("button", { name: "더 보기" }).click();
    await until(async () => assert.equal(await ann.page.locator(".people li").count(), 71));
    assert.equal(await ann.page.locator(".people li", { hasText: "(나)" }).count(), 1);
  });
});
