// Parts of the page that come later: fetched ahead, tried again, and never shown half.

import assert from "node:assert/strict";
import { opensAsHost } from "./kit/host.mjs";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

/** Everything looks as it should: a bar on its ground, its title in the bar's size. */
async function isStyled(person) {
  const looks = await person.page.evaluate(() => {
    const style = (selector) => getComputedStyle(document.querySelector(selector));
    return [style(".room .bar").display, style(".room-title h1").fontSize, style(".room .log").overflowY];
  });
  assert.deepEqual(looks, ["flex", "17px", "scroll"]);
  await person.fits();
}

/** Whatever moves in has arrived. */
const atRest = (person) => person.page.waitForFunction(() => document.getAnimations().every((one) => one.playState !== "running"));

/** The files a page fetched with success. */
function fetchedBy(person) {
  const fetched = [];
  person.page.on("requestfinished", (request) => fetched.push(request.url()));
  return (part) => until(() => assert.ok(fetched.some((url) => url.includes(`/${part}-`)), `${part} is fetched`));
}

story("a room opened while the network is away", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "끊긴 사이" });
  const ben = await somebodyIn(room);
  const ann = await somebody();
  const has = fetchedBy(ann);
  await ann.opens("/");
  for (const part of ["room", "field", "forms", "qr", "sheets"]) await has(part);
  hub.wire.cut();
  await ann.page.getByRole("button", { name: "방 만들기" }).click();
  await ann.page.getByLabel("방 제목").waitFor();
  await ann.closesSheet();
  await ann.page.locator(".card", { hasText: "끊긴 사이" }).click();
  await ann.page.getByRole("heading", { name: "끊긴 사이" }).waitFor();
  await ann.banner.getByText("와이파이를 확인해 주세요").waitFor();
  await isStyled(ann);
  hub.wire.mend();
  await ann.isLive();
  await ben.says("어서 와요");
  await ann.sees("어서 와요");
  await isStyled(ann);
  await ann.opensDetails();
  await ann.page.locator(".qr path").waitFor();
});

story("everything that is one tap away in a room works without a network", {}, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "안에서" });
  const ann = await somebody();
  const has = fetchedBy(ann);
  await ann.enters(room);
  await ann.says("여기요");
  await has("sheets");
  hub.wire.cut();
  await ann.opensDetails();
  await ann.closesSheet();
  await ann.opensPeople();
  await ann.closesSheet();
  await ann.page.locator(".log").focus();
  await ann.page.keyboard.press("Shift+F10");
  await ann.page.locator(".sheet .menu").waitFor();
});

story("a sheet whose part could not be fetched yet", {}, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "잠시만" });
  const ann = await somebody();
  let away = true;
  await ann.page.route("**/assets/sheets-*", (route) => (away ? route.abort("internetdisconnected") : route.continue()));
  await ann.opens(`/r/${room.code}`);
  await ann.composer.waitFor();
  await ann.opensDetails();
  await ann.page.locator(".sheet", { hasText: "잠시만요" }).getByText("와이파이를 확인해 주세요").waitFor();
  await ann.fits();
  await ann.closesSheet();
  away = false;
  await ann.opensDetails();
  await ann.page.locator(".room-code").waitFor();
});

story("a network that goes before a room's part is there", {}, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "너무 이른" });
  const ann = await somebody();
  let away = true;
  const tries = { room: 0, qr: 0 };
  for (const part of ["room", "qr"]) {
    await ann.page.route(`**/assets/${part}-*`, (route) => {
      tries[part] += 1;
      return away ? route.abort("internetdisconnected") : route.continue();
    });
  }
  await ann.opens("/");
  await ann.page.locator(".card", { hasText: "너무 이른" }).click();
  await ann.page.getByRole("heading", { name: "너무 이른" }).waitFor();
  await ann.banner.getByText("와이파이를 확인해 주세요").waitFor();
  await isStyled(ann);
  // Back and in again; then by its address alone.
  await ann.page.getByRole("link", { name: "방 목록으로" }).click();
  await ann.page.locator(".card", { hasText: "너무 이른" }).click();
  await ann.opens(`/r/${room.code}`);
  await ann.banner.getByText("와이파이를 확인해 주세요").waitFor();
  await isStyled(ann);
  await until(() => assert.ok(tries.room >= 4, "it is asked for again"));
  away = false;
  await ann.isLive();
  await isStyled(ann);
  await ann.says("왔어요");
});

story("everything that is one tap away on the host's page is there without a network", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "먼 무대" });
  const ann = await somebodyIn(room);
  await ann.says("여기요");
  const host = await somebody();
  const has = fetchedBy(host);
  await opensAsHost(host);
  for (const part of ["about-sheet", "qr"]) await has(part);
  await host.page.locator(".said .line", { hasText: "여기요" }).waitFor();
  hub.wire.cut();
  await host.page.locator(".announced-now > .button").click();
  await host.page.locator("#announce-text").waitFor();
  await host.closesSheet();
  await host.page.locator(".said .line", { hasText: "여기요" }).click();
  await host.page.locator(".sheet .menu").waitFor();
});

story("a sheet of the host's page whose part could not be fetched yet", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "이른 무대" });
  const ann = await somebodyIn(room);
  await ann.says("여기요");
  const host = await somebody();
  let away = true;
  let tries = 0;
  await host.page.route("**/assets/about-sheet-*", (route) => {
    tries += 1;
    return away ? route.abort("internetdisconnected") : route.continue();
  });
  await opensAsHost(host);
  await until(() => assert.ok(tries > 0, "it is asked for before anybody taps"));
  const waiting = host.page.locator(".sheet", { hasText: "잠시만요" }).getByText("와이파이를 확인해 주세요");
  await host.page.locator(".said .line", { hasText: "여기요" }).click();
  await waiting.waitFor();
  await host.fits();
  await host.closesSheet();
  await host.page.locator(".announced-now > .button").click();
  await waiting.waitFor();
  // The sheet that was asked for comes by itself, and has the focus.
  away = false;
  await host.page.locator("#announce-text:focus").waitFor();
  await host.fits();
});

story("a code for cameras that cannot be drawn at first", {}, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "나중에" });
  const ann = await somebody();
  let away = true;
  await ann.page.route("**/assets/qr-*", (route) => (away ? route.abort("internetdisconnected") : route.continue()));
  await ann.enters(room);
  await ann.opensDetails();
  await atRest(ann);
  const place = await ann.page.locator(".qr").boundingBox();
  away = false;
  await ann.page.locator(".qr path").waitFor();
  assert.deepEqual(await ann.page.locator(".qr").boundingBox(), place, "nothing jumps");
});

story("a style sheet that did not come", {}, async ({ hub, somebody }) => {
  await hub.makeRoom({ title: "옷 없이" });
  const ann = await somebody();
  let tries = 0;
  await ann.page.route("**/assets/*.css", (route) =>
    (tries += 1) < 3 ? route.abort("internetdisconnected") : route.continue(),
  );
  await ann.opens("/");
  await ann.page.locator(".card", { hasText: "옷 없이" }).waitFor();
  assert.equal(tries, 3);
  assert.equal(await ann.page.locator(".lobby .bar").evaluate((bar) => getComputedStyle(bar).display), "flex");
  await ann.fits();
});
