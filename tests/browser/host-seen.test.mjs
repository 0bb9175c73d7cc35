// What the host does on a phone, as two people see it on theirs, and after how long: printed, since no machine is the same.

import assert from "node:assert/strict";
import { opensAsHost } from "./kit/host.mjs";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { timePasses } from "./kit/time.mjs";

/** Taps, and waits for what each of these is to see. Prints when it was on the screen of each, in ms from the tap on. */
async function seen(what, tap, ...sights) {
  const from = performance.now();
  await tap();
  const after = await Promise.all(
    sights.map(async (locator) => {
      await locator.first().waitFor();
      return Math.round(performance.now() - from);
    }),
  );
  console.log(`${what}: seen after ${after.join(" and ")} ms`);
}

const step = (host, name) => host.page.locator(".step", { hasText: name });
const tab = (host, name) => host.page.locator(".tab", { hasText: name }).click();

async function twoAndAHost({ hub, somebody, somebodyIn }) {
  const room = await hub.makeRoom({ title: "광장" });
  const both = [await somebodyIn(room), await somebodyIn(room)];
  const host = await somebody();
  await opensAsHost(host);
  return { room, both, host };
}

/** The host's page with the room open. */
async function looksIn(host) {
  await tab(host, "방");
  await host.page.locator(".card", { hasText: "광장" }).click();
  await host.page.locator(".say-line textarea").waitFor();
}

story("two people hear the host, see an announcement come and go, and a room climb down again", {}, async (kit) => {
  const { both, host } = await twoAndAHost(kit);
  const { page } = host;
  const each = (selector, options) => both.map((one) => one.page.locator(selector, options));

  await looksIn(host);
  await page.locator(".say-line textarea").fill("무대 앞으로 오세요");
  const says = () => page.locator(".say-line textarea").press("Enter");
  await seen("the host speaks", says, ...each(".msg.of-host .bubble", { hasText: "무대 앞으로" }));
  await seen("slow mode", () => step(host, "천천히").click(), ...each(".slow", { hasText: "한 번씩" }));
  await seen("reading only", () => step(host, "읽기만").click(), ...each(".for-reading[role=status]", { hasText: "읽기만" }));
  for (const one of both) {
    assert.equal(await one.composer.count(), 0);
    await one.fits();
  }
  await seen("open again", () => step(host, "열림").click(), ...each(".composer textarea"));

  await page.goBack();
  await tab(host, "지금");
  await page.locator(".announced-now > .button").click();
  await page.locator("#announce-text").fill("모두 모여 주세요");
  await seen("an announcement", () => page.locator(".sheet .primary").click(), ...each(".announced", { hasText: "모두 모여" }));
  await page.locator(".announced-now li", { hasText: "모두 모여" }).locator("button").click();
  await page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  for (const one of both) await one.page.locator(".announced").waitFor({ state: "detached" });
});

story("two people see one of them kicked and banned; the address keeps a newcomer out, who is told so", {}, async (kit) => {
  const { hub, somebody } = kit;
  const { room, both, host } = await twoAndAHost(kit);
  const [ann, ben] = both;
  const { page } = host;
  const name = await ben.name();
  const gone = () => ann.page.locator(".log .notice", { hasText: "나갔어요" }).filter({ hasText: name });
  // A message between coming and going, so that both are told of.
  const speaks = async (text) => {
    await ben.says(text);
    await ann.sees(text);
  };
  await speaks("광고 보세요");

  await tab(host, "사람");
  await page.locator(".line", { hasText: name }).click();
  await page.locator(".sheet .menu button", { hasText: "내보내기" }).click();
  const now = () => page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  await seen("a kick", now, ben.page.locator(".banner", { hasText: "내보냈어요" }), gone());
  assert.equal(await ann.page.locator(".banner", { hasText: "내보냈어요" }).count(), 0, "only them");
  await ben.page.locator(".banner button").click();
  await ben.isLive();
  await speaks("다시 왔어요");
  await gone().waitFor({ state: "detached" });

  await page.locator(".line", { hasText: name }).first().click();
  await page.locator(".sheet .menu button", { hasText: "막기" }).click();
  await page.locator(".sheet .chip", { hasText: "주소 10분" }).click();
  const bans = () => page.locator(".sheet .button.primary").click();
  await seen("a ban", bans, ben.page.locator(".banner", { hasText: "막았어요" }), gone());

  // Whoever is in stays and speaks; a newcomer from the same address is told that the host has decided so.
  await ann.says("저는 그대로예요");
  const eve = await somebody();
  await eve.opens(`/r/${room.code}`);
  await eve.page.getByRole("heading", { name: "들어갈 수 없어요" }).waitFor();
  await eve.page.locator(".empty", { hasText: "주최자가 막았어요. 잘못된 것 같으면 주최자에게 말해 주세요." }).waitFor();
  await eve.fits();
  const [{ id }] = JSON.parse(await hub.host("chatter", "list", "--banned", "--json"));
  await hub.host("chatter", "unban", id);
  await eve.page.getByRole("button", { name: "다시 해 보기" }).click();
  await eve.isLive();
});

story("a step up goes down again by itself after fifteen minutes, before the eyes of two people", {}, async (kit) => {
  const { hub } = kit;
  const { both, host } = await twoAndAHost(kit);
  const reading = both.map((one) => one.page.locator(".for-reading[role=status]", { hasText: "읽기만" }));
  await looksIn(host);
  await seen("reading only", () => step(host, "읽기만").click(), ...reading);
  await host.page.getByText("저절로 열리기까지 15분").waitFor();

  // Nearly fifteen minutes of the hub's own time pass, then the rest as it does.
  await timePasses(hub, 15 * 60 - 8);
  for (const one of reading) await one.waitFor();
  await seen("open by itself", async () => {}, ...both.map((one) => one.page.locator(".composer textarea")));
  await step(host, "열림").and(host.page.locator("[aria-pressed=true]")).waitFor();
  await both[0].says("이제 말해요");
  await both[1].sees("이제 말해요");
  await until(async () => assert.equal(await reading[1].count(), 0));
});
