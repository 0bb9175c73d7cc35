// What the host says to everybody, as people with phones see it: on top until it is taken down, and under a sign that is nobody's.

import assert from "node:assert/strict";
import { story } from "./kit/story.mjs";

const top = ({ page }, text) => page.locator(".announced", { hasText: text });

story("an announcement is on top for who is there and who comes, until it is taken down", {}, async ({ hub, somebodyIn, somebody }) => {
  const room = await hub.makeRoom({ title: "광장", history: "all" });
  const other = await hub.makeRoom({ title: "조용한 방" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(other);
  await hub.host("announce", "add", "점심이 준비됐어요 – http://192.168.4.1/menu");
  for (const person of [ann, ben]) await top(person, "점심이 준비됐어요").waitFor();
  assert.equal(await top(ann, "점심").locator("a").getAttribute("href"), "http://192.168.4.1/menu");
  await ann.page.locator(".notice.announcement", { hasText: "점심이 준비됐어요" }).waitFor();
  await hub.host("announce", "add", "여기는 곧 닫아요", "--room", room.code);
  await top(ann, "여기는 곧 닫아요").waitFor();
  await ann.page.locator(".announced button[aria-expanded=false]", { hasText: "2개 모두 보기" }).click();
  await top(ann, "점심이 준비됐어요").waitFor();
  await ann.fits();
  await top(ben, "점심이 준비됐어요").waitFor();
  assert.equal(await top(ben, "곧 닫아요").count(), 0, "that of another room");

  const eve = await somebody({ locale: "en-US" });
  await eve.opens(`/r/${room.code}`);
  await top(eve, "여기는 곧 닫아요").waitFor();
  await eve.page.locator(".announced button", { hasText: "Show all 2" }).waitFor();
  await ann.page.reload();
  await ann.isLive();
  await top(ann, "여기는 곧 닫아요").waitFor();

  for (const { id } of JSON.parse(await hub.host("announce", "list", "--json"))) await hub.host("announce", "done", id);
  for (const person of [ann, ben, eve]) await person.page.locator(".announced").waitFor({ state: "detached" });
  await ann.page.locator(".notice.announcement", { hasText: "여기는 곧 닫아요" }).waitFor();
});

story("what the host says has a sign and a mark that nobody else's has", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "광장" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await hub.host("message", "say", room.code, "무대 앞으로 모여 주세요");
  await ann.sees("무대 앞으로");
  const hosts = ann.page.locator(".msg.of-host");
  assert.equal(await hosts.locator(".who b").textContent(), "진행");
  assert.equal(await hosts.locator(".mark").textContent(), "📣");
  await ben.says("네");
  await ann.sees("네");
  assert.equal(await ann.page.locator(".msg:not(.of-host) .who b").count(), 0);
  await ann.fits();
});
