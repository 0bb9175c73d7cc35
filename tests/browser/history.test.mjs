// From where a room is read, and that the page says it as it is.

import assert from "node:assert/strict";
import { story } from "./kit/story.mjs";

story("a new room says from where it is read: all of it unless it is locked, or as one chose", {}, async ({ somebody }) => {
  const ann = await somebody();
  const { page } = ann;
  const made = [];
  page.on("request", (request) => request.url().endsWith("/chat/rooms") && made.push(request.postDataJSON()));
  const reads = () => page.locator("input[name=history]:checked").inputValue();
  await ann.opens("/");
  await page.getByRole("button", { name: "방 만들기" }).click();
  assert.equal(await reads(), "all");
  await page.locator("#create-password").fill("1234");
  assert.equal(await reads(), "joined");
  await page.locator("#create-password").fill("");
  assert.equal(await reads(), "all");
  await page.getByLabel("들어온 뒤부터 읽어요").check();
  await page.locator("#create-password").fill("1234");
  await page.locator("#create-password").fill("");
  assert.equal(await reads(), "joined", "what one chose stays");
  await ann.fits();
  await page.locator("#create-title").fill("우리끼리");
  await page.getByRole("button", { name: "만들고 들어가기" }).click();
  await ann.isLive();
  assert.equal(made.find((body) => body?.title === "우리끼리").history, "joined");
  await page.getByText("여기가 이 방의 처음이에요").waitFor();
  await page.getByText("먼저 인사해 볼까요?").waitFor();
  await ann.opensDetails();
  await page.locator(".details-facts", { hasText: "저마다 들어온 뒤의 메시지만 읽을 수 있어요" }).waitFor();
});

story("a newcomer is never told that it is quiet where people talk", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "조용한 방" });
  const ann = await somebodyIn(room);
  await ann.says("여기 사람 많아요");
  const ben = await somebodyIn(room);
  await ben.page.getByRole("heading", { name: "지금부터 읽을 수 있어요" }).waitFor();
  await ben.page.getByText("들어오기 전의 메시지는 보이지 않아요").waitFor();
  assert.equal(await ben.page.getByText("아직 조용해요").count(), 0);
  await ann.says("어서 와요");
  await ben.sees("어서 와요");
  assert.equal(await ben.page.getByRole("heading", { name: "지금부터 읽을 수 있어요" }).count(), 0);
});
