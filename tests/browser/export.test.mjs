// The pages of an export: read from a file, without a network, by everybody.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { HtmlValidate } from "html-validate";
import { opensAsHost } from "./kit/host.mjs";
import { PHONE } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
// What the standard says; how documents are indented is a matter of taste.
const validator = new HtmlValidate({ extends: ["html-validate:standard", "html-validate:a11y"], root: true });

story("a host downloads pages that are valid, need no network and pass axe", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "<b>점심</b> & 저녁" });
  const ann = await somebodyIn(room);
  await ann.says("<script>alert(1)</script> 안녕하세요");
  await ann.says("두 줄\n이에요");
  await ann.page.locator(".log").focus();
  await ann.page.keyboard.press("Shift+F10");
  await ann.page.locator(".sheet .react button").first().click();
  await ann.page.locator(".reacted button").first().waitFor();
  await hub.host("message", "say", room.code, "무대가 열렸어요");
  await hub.host("announce", "add", "점심이 준비됐어요", "--room", room.code);

  const host = await somebody();
  await opensAsHost(host);
  await host.page.locator(".tab", { hasText: "기록" }).click();
  const [download] = await Promise.all([
    host.page.waitForEvent("download"),
    host.page.getByRole("button", { name: "모두 내려받기" }).click(),
  ]);
  await host.fits();
  const folder = mkdtempSync(path.join(tmpdir(), "export-"));
  try {
    const zip = path.join(folder, "chat.zip");
    await download.saveAs(zip);
    execFileSync("python3", ["-m", "zipfile", "-e", zip, folder]);
    const rooms = readdirSync(path.join(folder, "rooms"));
    assert.deepEqual(rooms, [`${room.code}.html`], "only rooms in which something was said");
    for (const file of ["index.html", `rooms/${rooms[0]}`]) {
      const report = await validator.validateFile(path.join(folder, file));
      const wrong = report.results.flatMap(({ messages }) => messages);
      assert.deepEqual(wrong.map(({ ruleId, message, line }) => `${ruleId}, line ${line}: ${message}`), [], file);
    }
    await reads(host.page.context(), folder, room);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

async function reads(context, folder, { code, title }) {
  const page = await context.newPage();
  const asked = [];
  page.on("request", (request) => asked.push(request.url()));
  await page.setViewportSize(PHONE);
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    await page.goto(pathToFileURL(path.join(folder, "index.html")).href);
    await passes(page, `the list, ${colorScheme}`);
    await page.getByRole("link", { name: title }).click();
    await page.locator("h1", { hasText: title }).waitFor();
    assert.equal(await page.locator(".log > li").count(), 4);
    assert.equal(await page.locator(".text").first().innerText(), "<script>alert(1)</script> 안녕하세요");
    await passes(page, `a room, ${colorScheme}`);
  }
  if (process.env.PICTURES) await page.screenshot({ path: process.env.PICTURES, fullPage: true });
  const pages = ["index.html", `rooms/${code}.html`].map((file) => pathToFileURL(path.join(folder, file)).href);
  assert.deepEqual([...new Set(asked)], pages, "a page fetches nothing");
  await page.close();
}

async function passes(page, what) {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`), [], what);
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(width <= PHONE.width, `${what} is ${width} wide`);
}
