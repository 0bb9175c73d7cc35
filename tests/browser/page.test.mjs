// The size of the page, and that it needs nothing from anywhere but the hub.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

test("the lobby weighs at most 45 kB, a room 75 kB in all, the host's page 60 kB, and 75 kB in all", () => {
  const script = fileURLToPath(new URL("../../web/scripts/size.mjs", import.meta.url));
  console.log(execFileSync(process.execPath, [script], { encoding: "utf8" }).replace(/^/gm, "# "));
});

/** A promise that somebody else resolves. */
function resolvable() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

story("the lobby is there before what only a room needs is fetched", {}, async ({ somebody }) => {
  const ann = await somebody();
  const fetched = [];
  ann.page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
  // The list of rooms is slow to come; nothing else uses the time.
  const asked = resolvable();
  const shown = resolvable();
  await ann.page.route("**/chat/rooms", async (route) => {
    asked.resolve();
    await shown.promise;
    await route.continue();
  });
  await ann.opens("/");
  await asked.promise;
  await ann.page.waitForLoadState("networkidle");
  const isLater = (path) => /room-|qr-|socket/.test(path);
  assert.deepEqual(fetched.filter(isLater), []);
  shown.resolve();
  await ann.page.locator(".card").first().waitFor();
  await until(() => assert.equal(new Set(fetched.filter(isLater)).size, 2));
  assert.ok(
    fetched.every((path) => /^\/(assets\/.+-[\w-]{8,}\.\w+|api\/hubs?|chat\/rooms)?$/.test(path)),
    fetched.join(" "),
  );
  assert.deepEqual(fetched.filter((path) => /\/assets\/(host|about-sheet)-/.test(path)), [], "what is the host's");
});

story("the lobby lists the other hubs of the network with their addresses", {}, async ({ somebody }) => {
  const ann = await somebody();
  const others = [
    { id: "1", name: "cola (2)", version: "0.1.0", host: "cola-2.local", url: "http://10.0.0.7:8080" },
    { id: "2", name: "evil", version: "", host: "evil.local", url: "javascript:alert(1)" },
  ];
  await ann.page.route("**/api/hubs", (route) =>
    route.fulfill({ json: { success: true, message: "", data: others } }),
  );
  await ann.opens("/");
  const nearby = ann.page.getByRole("region", { name: "가까이 있는 다른 허브" });
  await nearby.waitFor();
  const links = await nearby.getByRole("link").evaluateAll((all) => all.map((a) => [a.href, a.textContent]));
  assert.deepEqual(links, [["http://10.0.0.7:8080/", "cola (2)10.0.0.7:8080"]]);
});

story("nothing on the page breaks the policy that the hub sends with it", {}, async ({ hub, somebody }) => {
  const ann = await somebody();
  await ann.opens("/");
  const response = await ann.page.goto(hub.url + "/join");
  assert.match(response.headers()["content-security-policy"] ?? "", /script-src 'self'/);
  assert.doesNotMatch(response.headers()["content-security-policy"], /unsafe/);
});

// Chromium shows no fault here; Firefox drew a white strip beside the log, in light and dark.
story("what scrolls is drawn in the page's own colours", {}, async ({ hub, somebodyIn }) => {
  const ann = await somebodyIn(await hub.makeRoom({ title: "두루마리" }));
  const colours = await ann.page.locator(".log").evaluate((log) => getComputedStyle(log).scrollbarColor);
  assert.match(colours, /^rgb\(147, 134, 111\) rgba\(0, 0, 0, 0\)$/);
});
