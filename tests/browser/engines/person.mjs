// Somebody at a page, in whichever browser: what the stories here need, and no more.

import assert from "node:assert/strict";
import { until } from "../kit/people.mjs";

const PHONE = { width: 480, height: 800 };
export const DESK = { width: 1280, height: 800 };

/** `language`: `null` is the browser's own. */
export async function somebody(engine, hub, { size = PHONE, language = "ko" } = {}) {
  const page = await engine.open(size);
  return new Person(hub, page, language);
}

export class Person {
  constructor(hub, page, language) {
    Object.assign(this, { hub, page, language });
  }

  async opens(path = "/") {
    await this.page.goTo(this.hub.url + path);
    await this.sees("#app > *");
    // WebKit's driver gives its browser no language.
    const { language } = this;
    if (language !== null && (await this.page.evaluate(() => document.documentElement.lang)) !== language) {
      await this.page.evaluate((language) => localStorage.setItem("cola.language", language), language);
      await this.page.goTo(this.hub.url + path);
      await this.sees(`html[lang=${language}] #app > *`);
    }
    await this.page.evaluate(() => {
      window.troubles = [];
      addEventListener("error", (event) => window.troubles.push(String(event.message)));
      addEventListener("unhandledrejection", (event) => window.troubles.push(String(event.reason)));
      document.addEventListener("securitypolicyviolation", (event) => window.troubles.push(event.violatedDirective));
    });
  }

  async enters(room) {
    await this.opens(`/r/${room.code}`);
    await this.isLive();
  }

  async isLive() {
    await this.sees(".composer textarea");
    await this.sees(".log[aria-busy=false]");
    await this.sees(".log-menu");
  }

  /** Whether something is there, with this text in it. */
  has(css, text = null) {
    return this.page.evaluate(
      (css, text) =>
        [...document.querySelectorAll(css)].some((one) => text === null || one.textContent.includes(text)),
      css,
      text,
    );
  }

  /** A page that is just opened by another address answers nothing for a moment. */
  sees(css, text = null) {
    return until(async () => assert.ok(await this.has(css, text).catch(() => false), `${css} ${text ?? ""} is there`));
  }

  seesNo(css, text = null) {
    return until(async () => assert.ok(!(await this.has(css, text)), `${css} ${text ?? ""} is gone`));
  }

  async clicks(css, text = null) {
    await this.sees(css, text);
    // What moves in is clicked where it comes to rest.
    await this.page.evaluate(() => Promise.all(document.getAnimations().map((one) => one.finished)).then(() => true));
    await this.page.click(css, text);
  }

  /** Until a sheet has given its field the focus, what is typed goes nowhere. */
  focuses(css) {
    const isFocused = (css) => document.activeElement?.matches(css) ?? false;
    return until(async () => assert.ok(await this.page.evaluate(isFocused, css), `${css} has the focus`));
  }

  async types(css, text) {
    await this.clicks(css);
    await this.page.type(text);
  }

  async writes(text) {
    await this.types(".composer textarea", text);
    await this.page.press("Enter");
  }

  async says(text) {
    await this.writes(text);
    await this.sees(".log .msg[data-seq] .bubble", text);
  }

  said() {
    return this.page.evaluate(() => [...document.querySelectorAll(".log .msg .bubble")].map((one) => one.textContent));
  }

  /** Opens the menu of the newest message in view. */
  async opensMenu() {
    await this.page.evaluate(() => document.querySelector(".log").focus());
    await this.page.press("Shift", "F10");
    await this.sees(".sheet .menu");
  }

  async closesSheet() {
    await this.page.press("Escape");
    await this.seesNo(".sheet");
  }

  /** Whether a message stands within the log. */
  isInView(text) {
    return until(async () => {
      const inView = await this.page.evaluate((text) => {
        const log = document.querySelector(".log").getBoundingClientRect();
        const all = [...document.querySelectorAll(".log .msg .bubble")].filter((one) => one.textContent.includes(text));
        return all.some((one) => {
          const { top, bottom } = one.getBoundingClientRect();
          return top >= log.top - 1 && bottom <= log.bottom + 1;
        });
      }, text);
      assert.ok(inView, `${text} is in view`);
    });
  }

  /** Nothing is wider than the page, and it never complained. */
  async wasFine() {
    const [wide, complaints] = await this.page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      const over = [...document.querySelectorAll("body *")].filter((one) => {
        if (one.closest(".unseen, svg")) return false;
        for (let box = one.parentElement; box; box = box.parentElement) {
          if (getComputedStyle(box).textOverflow === "ellipsis") return false;
        }
        const box = one.getBoundingClientRect();
        return box.width > 0 && (box.right > width + 1 || box.left < -1);
      });
      return [over.map((one) => `${one.tagName}.${one.getAttribute("class")}`), window.troubles ?? []];
    });
    assert.deepEqual(wide, [], "wider than the page");
    assert.deepEqual([...this.page.troubles, ...complaints], []);
  }
}
