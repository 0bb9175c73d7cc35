// People with phones, in a real browser. Each has a profile of their own.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";

const ARGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const PHONE = { width: 360, height: 740 };
export const DESK = { width: 1280, height: 800 };

const EXECUTABLE = process.env.CHROMIUM_BIN ?? "/usr/bin/chromium";

/**
 * How long a page is waited for, in ms. Nothing tells how far it is, so this is only for one that hangs: a slow machine
 * takes many seconds for what takes a moment elsewhere.
 */
export const HANGS = Number(process.env.HANGS_MS ?? 3 * 60_000);

let browser = null;

export async function openBrowser() {
  browser ??= await chromium.launch({ executablePath: EXECUTABLE, args: ARGS });
  return browser;
}

export async function closeBrowser() {
  await browser?.close();
  browser = null;
}

/** Somebody with a phone (or whatever `options` say), on no page yet. */
export async function somebody(hub, options = {}) {
  const owner = await openBrowser();
  const context = await owner.newContext({ viewport: PHONE, locale: "ko-KR", ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(HANGS);
  return new Person(hub, context, page);
}

/**
 * Somebody whose browser blocks cookies, by its own setting. In Chromium that setting also takes away
 * `localStorage`, whose every use then throws.
 */
export async function somebodyBlockingCookies(hub, options = {}) {
  const profile = mkdtempSync(join(tmpdir(), "colahub-profile-"));
  mkdirSync(join(profile, "Default"));
  const settings = { profile: { default_content_setting_values: { cookies: 2 } } };
  writeFileSync(join(profile, "Default/Preferences"), JSON.stringify(settings));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: EXECUTABLE,
    args: ARGS,
    viewport: PHONE,
    locale: "ko-KR",
    ...options,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  page.setDefaultTimeout(HANGS);
  return new Person(hub, context, page, profile);
}

/** Somebody who is in a room. */
export async function somebodyIn(hub, room, options) {
  const person = await somebody(hub, options);
  await person.enters(room);
  return person;
}

export class Person {
  /** The page's complaints: errors, and breaches of the security policy. */
  troubles = [];
  /** Requests to anywhere but the hub. */
  strays = [];

  constructor(hub, context, page, profile = null) {
    Object.assign(this, { hub, context, page, profile });
    page.on("pageerror", (error) => this.troubles.push(String(error)));
    page.on("console", (message) => {
      const network = /ERR_|Failed to load resource|WebSocket connection|status of (4|5)/.test(message.text());
      if (message.type() === "error" && !network) this.troubles.push(message.text());
    });
    page.on("request", (request) => {
      if (!request.url().startsWith(hub.url) && !request.url().startsWith("data:")) this.strays.push(request.url());
    });
  }

  async opens(path = "/") {
    await this.page.goto(this.hub.url + path);
  }

  async enters(room) {
    await this.opens(`/r/${room.code}`);
    await this.isLive();
  }

  async isLive() {
    await this.composer.waitFor();
    await this.page.waitForSelector(".log[aria-busy=false]");
    // The menu comes with a part of the page that is fetched last.
    await this.page.waitForSelector(".log-menu", { state: "attached" });
  }

  get composer() {
    return this.page.locator(".composer textarea");
  }

  get banner() {
    return this.page.locator(".room .banner");
  }

  async writes(text) {
    await this.composer.fill(text);
    await this.composer.press("Enter");
  }

  /** Writes, and waits until the hub has it. */
  async says(text) {
    await this.writes(text);
    await this.hasSentAll();
  }

  async hasSentAll() {
    // A message that has just been written is drawn two frames later at the latest; before that nothing seems to be unsent.
    await this.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await this.page.waitForFunction(() => !document.querySelector(".msg.sending, .msg.failed"));
  }

  async sees(text) {
    await this.page.locator(".log .bubble", { hasText: text }).last().waitFor();
  }

  /** Everything said, in the order in which it stands there. */
  said() {
    return this.page.$$eval(".log .msg .bubble", (all) => all.map((bubble) => bubble.textContent));
  }

  /** The rows now, as [seq, text]. */
  rows() {
    return this.page.$$eval(".log .msg[data-seq]", (all) =>
      all.map((row) => [Number(row.dataset.seq), row.querySelector(".bubble").textContent]),
    );
  }

  /** Another tab, another app, the pocket. */
  async looksAway(hidden = true) {
    await this.page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { configurable: true, get: () => value });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  }

  async looksAgain() {
    await this.looksAway(false);
  }

  async name() {
    await this.opensPeople();
    const name = await this.page.locator(".people li").first().locator("bdi").textContent();
    await this.closesSheet();
    return name;
  }

  async opensPeople() {
    if (await this.page.locator(".people-pane").count()) return;
    await this.page.locator(".people-button").click();
    await this.page.locator(".sheet .people").waitFor();
  }

  async opensDetails() {
    await this.page.locator(".room .bar > .round").last().click();
    await this.page.locator(".sheet").waitFor();
  }

  async closesSheet() {
    if (!(await this.page.locator(".sheet").count())) return;
    await this.page.keyboard.press("Escape");
    await this.page.locator(".sheet").waitFor({ state: "detached" });
  }

  /** Nothing that is on the page is wider than the page, or cut off. */
  async fits() {
    const wide = await this.page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      return [...document.querySelectorAll("body *")]
        .filter((element) => {
          if (element.closest(".unseen, svg")) return false;
          // A text that ends in an ellipsis may be of any width inside.
          for (let box = element.parentElement; box; box = box.parentElement) {
            if (getComputedStyle(box).textOverflow === "ellipsis") return false;
          }
          const box = element.getBoundingClientRect();
          return box.width > 0 && (box.right > width + 1 || box.left < -1);
        })
        .map((element) => `${element.tagName}.${element.getAttribute("class")}`);
    });
    assert.deepEqual(wide, [], "wider than the page");
  }

  async leaves() {
    await this.context.close();
    if (this.profile) rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
  }

  /** At the end of every story: the page never complained and never left the hub. */
  wasFine() {
    assert.deepEqual(this.troubles, []);
    assert.deepEqual(this.strays, []);
  }
}

/** After this a wait ends even if something always moves. */
const ENDLESS = 10 * 60_000;

/**
 * Waits until `check` passes; says why it did not. What it complains of says how far it is: the wait ends when that has
 * not changed for `patience`, so that a slow machine is waited for as long as it gets on.
 */
export async function until(check, patience = 15_000, endless = ENDLESS) {
  const begun = Date.now();
  for (let [complaint, since] = ["", begun]; ; ) {
    try {
      return await check();
    } catch (error) {
      if (error.message !== complaint) [complaint, since] = [error.message, Date.now()];
      else if (Date.now() - since > patience) throw error;
      if (Date.now() - begun > endless) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
