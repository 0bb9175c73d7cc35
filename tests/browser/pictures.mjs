// Pictures of the views that matter, on a phone and on a desk, in light and dark, for looking at:
//
//   COLAHUB_BIN=../../target/debug/colahub node pictures.mjs FOLDER
//
// FOLDER/together.png is what web/screenshot.png shows, FOLDER/host.png what web/host.png does.

import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { hostLink } from "./kit/host.mjs";
import { startHub } from "./kit/hub.mjs";
import { closeBrowser, DESK, openBrowser, PHONE, somebody, somebodyIn } from "./kit/people.mjs";

const folder = process.argv[2] ?? "pictures";
mkdirSync(folder, { recursive: true });

const WIFI = { COLAHUB_WIFI_SSID: "camp-2026", COLAHUB_WIFI_PASSWORD: "fizzy-2026", COLAHUB_WIFI_SECURITY: "WPA" };
const hub = await startHub({ COLAHUB_ROOMS_FIRST: "", ...WIFI });
const room = await hub.makeRoom({ title: "자유롭게 이야기해요", history: "all" });
const lost = await hub.makeRoom({ title: "분실물 찾기" });
await hub.makeRoom({ title: "3조 – 저녁 준비", namespace: "조별 방", capacity: 8, password: "1234" });
const full = await hub.makeRoom({ title: "별 보기 모임", namespace: "조별 방", capacity: 2 });

/** Opens the menu of a message. */
async function opensMenu({ page }, text) {
  await page.locator(".log .bubble", { hasText: text }).hover();
  await page.locator(".log-menu").click();
  await page.locator(".sheet .menu").waitFor();
}

async function answers(person, text, saying) {
  await opensMenu(person, text);
  await person.page.locator(".sheet .menu button", { has: person.page.locator(".icon-answer") }).click();
  await person.page.locator(".composer-answer").waitFor();
  await person.says(saying);
}

async function reacts(person, text, emoji) {
  await opensMenu(person, text);
  await person.page.locator(".sheet .react").getByRole("button", { name: emoji }).click();
  await person.page.locator(".sheet").waitFor({ state: "detached" });
}

const crowd = [];
for (const where of [room, room, room, room, lost, full, full]) crowd.push(await somebodyIn(hub, where));
const [ann, ben, cat, dan] = crowd;
// Looks on from the start, so that the curve has a past.
const host = await somebody(hub, { deviceScaleFactor: 2 });
await host.page.goto(await hostLink(hub, "무대"));
await host.page.locator(".figures").waitFor();
await ben.says("점심 줄 지금 짧아요! 식당 뒤쪽 문으로 오세요");
await ben.says("오늘은 김치볶음밥 🍳");
for (const one of [ann, cat, dan]) await reacts(one, "김치볶음밥", "❤️");
await reacts(dan, "김치볶음밥", "😮");
await ann.says("지금 갈게요, 자리 좀 맡아 주세요");
await cat.says("물 마시는 곳은 어디예요? 지도는 http://192.168.4.1/map 에 있던데");
await answers(ann, "물 마시는 곳", "운동장 옆이에요");
await reacts(cat, "운동장 옆", "🙏");
await ann.looksAway();
await cat.says("찾았어요, 고마워요!");
await dan.says("저녁에 별 보러 갈 사람? ✨");
await ben.sees("별 보러");
await ann.looksAgain();
await ben.composer.pressSequentially("저요");

const views = {
  lobby: async (person) => {
    await person.opens("/");
    await person.page.locator(".card").first().waitFor();
  },
  join: async (person) => {
    await person.opens("/join");
    await person.page.locator(".qr path").first().waitFor();
  },
};

for (const [size, viewport] of Object.entries({ phone: PHONE, desk: DESK })) {
  for (const colorScheme of ["light", "dark"]) {
    const shoot = async (person, view) => {
      await person.page.mouse.move(0, 0);
      await person.page.waitForTimeout(250);
      await person.page.screenshot({ path: join(folder, `${view}-${size}-${colorScheme}.png`) });
    };
    await ann.page.setViewportSize(viewport);
    await ann.page.emulateMedia({ colorScheme });
    await ann.page.locator(".log").evaluate((log) => (log.scrollTop = log.scrollHeight));
    await ann.page.evaluate(() => document.activeElement.blur());
    await ben.composer.pressSequentially("!");
    await shoot(ann, "room");
    await ann.opensPeople();
    await shoot(ann, "people");
    await ann.closesSheet();
    await ann.opensDetails();
    await ann.page.locator(".qr path").waitFor();
    await shoot(ann, "details");
    await ann.closesSheet();
    const visitor = await somebody(hub, { viewport, colorScheme });
    for (const [view, open] of Object.entries(views)) {
      await open(visitor);
      await shoot(visitor, view);
    }
    await visitor.leaves();
  }
}

await opensMenu(ann, "저녁에 별");
await ann.page.locator(".sheet .menu button", { has: ann.page.locator(".icon-flag") }).click();
await ann.page.locator(".sheet .chip").first().click();
await ann.page.locator(".sheet .primary").click();
await ann.page.locator(".sheet .report-done").waitFor();

const hostViews = {
  now: async (page) => {
    await page.locator(".tab").first().click();
    await page.locator(".first-look .primary").waitFor();
  },
  room: async (page) => {
    await page.locator(".tab").nth(1).click();
    await page.locator(".card", { hasText: "자유롭게" }).click();
    await page.locator(".said .line").first().waitFor();
  },
  people: async (page) => {
    await page.locator(".tab").nth(2).click();
    await page.locator(".persons .line").first().waitFor();
  },
  message: async (page) => {
    await page.locator(".tab").first().click();
    await page.locator(".said .line", { hasText: "저녁에" }).click();
    await page.locator(".sheet .menu").waitFor();
  },
  rooms: async (page) => {
    await page.locator(".tab").nth(1).click();
    await page.locator(".card").first().waitFor();
  },
  reports: async (page) => {
    await page.locator(".tab").nth(3).click();
    await page.locator(".report").first().waitFor();
  },
  ban: (page) => opensSheet(page, "ban"),
  mute: (page) => opensSheet(page, "mute"),
  rename: (page) => opensSheet(page, "person"),
  announce: async (page) => {
    await page.locator(".tab").first().click();
    await page.locator(".announced-now > .button").click();
    await page.locator("#announce-text").fill("저녁은 여섯 시, 식당 앞에서 만나요");
  },
  log: async (page) => {
    await hub.host("room", "mode", lost.code, "slow", "--for", "15m");
    await page.locator(".tab").nth(4).click();
    await page.locator(".deeds .button").first().waitFor();
  },
};

/** Opens the sheet behind a choice about the first person, by the choice's icon: the last of that icon. */
async function opensSheet(page, icon) {
  await page.locator(".tab").nth(2).click();
  await page.locator(".persons .line").first().click();
  await page.locator(".sheet .menu button", { has: page.locator(`.icon-${icon}`) }).last().click();
  await page.locator(".sheet .primary").waitFor();
}
for (const colorScheme of ["light", "dark"]) {
  await host.page.emulateMedia({ colorScheme });
  for (const [view, open] of Object.entries(hostViews)) {
    await open(host.page);
    await host.page.mouse.move(0, 0);
    await host.page.waitForTimeout(250);
    await host.page.screenshot({ path: join(folder, `host-${view}-phone-${colorScheme}.png`) });
    await host.closesSheet();
  }
}

const picture = (name) => `data:image/png;base64,${readFileSync(join(folder, `${name}.png`)).toString("base64")}`;
const page = await (await openBrowser()).newPage({ viewport: { width: 1200, height: 820 } });
for (const [name, views] of Object.entries({
  together: ["lobby-phone-light", "room-phone-light", "room-phone-dark"],
  host: ["host-now-phone-light", "host-room-phone-light", "host-message-phone-dark"],
})) {
  await page.setContent(`<style>
  body { margin: 0; height: 820px; display: flex; align-items: center; justify-content: center; background: #e9e1cb }
  img { width: 350px; margin: 0 16px; border-radius: 28px; box-shadow: 0 0 0 1px #cdbf9f, 0 14px 34px #0003 }
</style>${views.map((view) => `<img src="${picture(view)}">`).join("")}`);
  await page.screenshot({ path: join(folder, `${name}.png`) });
}
await closeBrowser();
await hub.close();
