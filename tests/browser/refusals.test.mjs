// When the hub says no, the page says why, in words that stay.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

story("a wrong password", {}, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "비밀", password: "1234" });
  const ann = await somebody();
  await ann.opens(`/r/${room.code}`);
  await ann.page.getByRole("heading", { name: "비밀번호가 있는 방이에요" }).waitFor();
  const password = ann.page.getByLabel("비밀번호", { exact: true });
  await password.fill("0000");
  await ann.page.keyboard.press("Enter");
  await ann.page.getByText("비밀번호가 달라요").waitFor();
  await password.fill("1234");
  await ann.page.keyboard.press("Enter");
  await ann.isLive();
  await ann.says("열렸다");
  // Membership is proven by now: a reload does not ask again.
  await ann.page.reload();
  await ann.isLive();
  await ann.sees("열렸다");
});

// None comes back while the story goes on, however slow the machine is.
story("too many guesses", { COLAHUB_LIMITS_GUESSES: "1/h burst 3" }, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "비밀", password: "1234" });
  const ann = await somebody();
  await ann.opens(`/r/${room.code}`);
  const password = ann.page.getByLabel("비밀번호", { exact: true });
  for (let guess = 0; guess < 4; guess += 1) {
    await password.fill(`x${guess}`);
    await ann.page.keyboard.press("Enter");
    // The field is empty again once the answer is there.
    await until(async () => assert.equal(await password.inputValue(), ""));
    await ann.page.locator(".problem", { hasText: guess < 3 ? "달라요" : "너무 빨라요" }).waitFor();
  }
});

story(
  "no place for one more connection, and one later",
  { COLAHUB_LIMITS_SESSIONS_EACH: "1" },
  async ({ hub, somebody, somebodyIn }) => {
    const room = await hub.makeRoom({ title: "자리" });
    const ann = await somebodyIn(room);
    const bob = await somebody();
    await bob.opens(`/r/${room.code}`);
    await bob.page.getByText("여기에서 연 연결이 너무 많아요").waitFor();
    await ann.page.close();
    await bob.isLive();
    await bob.says("이제 됐다");
  },
);

story("a full room, and a place in it later", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "둘만", capacity: 2 });
  const ann = await somebodyIn(room);
  await somebodyIn(room);
  const cat = await somebody();
  await cat.opens(`/r/${room.code}`);
  await cat.page.getByText("방이 가득 찼어요").waitFor();
  await cat.page.getByRole("link", { name: "그만 기다리기" }).click();
  await cat.page.locator(".card", { hasText: "둘만" }).locator(".card-full").waitFor();
  await cat.page.locator(".card", { hasText: "둘만" }).click();
  await cat.page.getByText("방이 가득 찼어요").waitFor();
  await ann.opensDetails();
  await ann.page.getByRole("button", { name: "방 나가기" }).click();
  await cat.isLive();
});

story(
  "a room whose time is over while one is in it",
  { COLAHUB_ROOMS_LIFETIME: "12s" },
  async ({ hub, somebody, somebodyIn }) => {
    const room = await hub.makeRoom({ title: "잠깐" });
    const ann = await somebodyIn(room);
    await ann.says("아직 있어요");
    await ann.page.locator(".banner", { hasText: "끝난 방이에요" }).waitFor();
    assert.equal(await ann.composer.count(), 0);
    await ann.sees("아직 있어요");
    const late = await somebody();
    await late.opens(`/r/${room.code}`);
    await late.page.getByRole("heading", { name: /끝난 방이에요|그런 방이 없어요/ }).waitFor();
  },
);

story(
  "a message that was still on its way when the room's time was over",
  { COLAHUB_ROOMS_LIFETIME: "12s" },
  async ({ hub, somebodyIn }) => {
    const room = await hub.makeRoom({ title: "너무 늦게" });
    const ann = await somebodyIn(room);
    await ann.says("아직 있어요");
    hub.wire.cut();
    await ann.writes("늦은 글");
    await until(async () => {
      const { data } = await (await fetch(`${hub.direct}/chat/rooms`)).json();
      assert.ok(data.every((one) => one.id !== room.id || one.isExpired));
    });
    hub.wire.mend();
    await ann.page.getByText("보내지 못했어요 – 끝난 방이에요").waitFor();
    await ann.page.getByRole("button", { name: "지우기" }).click();
    assert.deepEqual(await ann.said(), ["아직 있어요"]);
  },
);

story("a code that no room has, and a page that there is not", {}, async ({ somebody }) => {
  const ann = await somebody();
  await ann.opens("/r/ACDEFG");
  await ann.page.getByText("그런 방이 없어요").waitFor();
  await ann.page.getByRole("link", { name: "방 목록 보기" }).click();
  await ann.page.locator(".card").first().waitFor();
});
