// Firefox, over WebDriver BiDi.

import { existsSync } from "node:fs";
import puppeteer from "puppeteer-core";
import { HANGS } from "../kit/people.mjs";

const BINARY = process.env.FIREFOX_BIN ?? "/usr/bin/firefox-esr";

/** What has to be installed. */
export const PROGRAMS = [BINARY];

/** Why sounds cannot be tried here: without a device for them it does not even begin. */
export const SILENT = existsSync("/dev/snd") ? null : "sounds in Firefox, which needs a sound device";

let browser = null;

/** A page of a person of its own, as large as `size`. */
export async function open({ width, height }) {
  browser ??= await puppeteer.launch({
    browser: "firefox",
    executablePath: BINARY,
    headless: true,
    protocolTimeout: HANGS,
    // Nobody asks for sounds, updates or first steps here.
    extraPrefsFirefox: { "intl.accept_languages": "ko-KR, ko", "media.volume_scale": "0.0" },
  });
  const context = await browser.createBrowserContext();
  const page = await context.newPage();
  // Puppeteer sets an orientation along with the size, which Firefox 140 does not know. The size it does.
  await page.setViewport({ width, height }).catch((error) => {
    if (!error.message.includes("unknown command emulation.setScreenOrientationOverride")) throw error;
  });
  await page.waitForFunction((width) => window.innerWidth === width, {}, width);
  const troubles = [];
  page.on("pageerror", (error) => {
    // A network that is gone is no fault of the page's.
    if (!/establish a connection|interrupted while/.test(error.message)) troubles.push(String(error));
  });
  return {
    troubles,
    goTo: (url) => page.goto(url, { waitUntil: "domcontentloaded" }),
    evaluate: (work, ...args) => page.evaluate(work, ...args),
    async click(css, text) {
      const handle = await page.evaluateHandle(findShown, css, text);
      await handle.click();
      await handle.dispose();
    },
    type: (text) => page.keyboard.type(text),
    async press(...keys) {
      for (const key of keys) await page.keyboard.down(key);
      for (const key of [...keys].reverse()) await page.keyboard.up(key);
    },
    picture: (path) => page.screenshot({ path }),
    close: () => context.close(),
  };
}

export async function close() {
  await browser?.close();
  browser = null;
}

function findShown(css, text) {
  const all = [...document.querySelectorAll(css)].filter((one) => text === null || one.textContent.includes(text));
  return all[all.length - 1];
}
