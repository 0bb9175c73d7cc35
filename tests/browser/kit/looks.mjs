// What a view must be, whatever it shows: valid for axe, no wider than the screen, and large enough for fingers.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** The colours are all that light and dark differ in. */
export const COLOURS = { runOnly: ["color-contrast"] };

/** What axe finds in the page as it is now, by all its rules unless `options` names some. */
export async function violations(page, options = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  // Colours are judged at rest, not half-way through an entrance.
  await page.waitForFunction(() =>
    document
      .getAnimations()
      .every(
        (animation) =>
          animation.playState !== "running" || animation.effect.getComputedTiming().iterations === Infinity,
      ),
  );
  const { violations: found } = await page.evaluate(
    (chosen) => window.axe.run(document, { resultTypes: ["violations"], ...chosen }),
    options,
  );
  return found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes
        .map((node) => node.html)
        .join(" | ")
        .slice(0, 300)}`,
  );
}

/** Axe finds nothing in the view, in light and in dark. */
export async function passesAxe({ page }, view) {
  await page.emulateMedia({ colorScheme: "light" });
  assert.deepEqual(await violations(page), [], `${view}, light`);
  await page.emulateMedia({ colorScheme: "dark" });
  assert.deepEqual(await violations(page, COLOURS), [], `${view}, dark`);
}

/** Nothing is wider than the page. */
export async function fits(who, view) {
  await who.fits().catch((error) => assert.fail(`${view}: ${error.message}`));
}

/** Targets smaller than 44 pixels. A link in a sentence is as high as its line (WCAG 2.5.8). */
const tooSmall = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("a[href], button, input, textarea, select, [role=button]")]
      .filter((target) => !target.matches(".bubble a, .announced a") && target.getClientRects().length > 0)
      // A choice, and a file's, is touched with its label, too.
      .map((target) => [target, (target.matches("[type=radio], [type=checkbox], [type=file]") && target.closest("label")) || target])
      .map(([target, touched]) => [target, touched.getBoundingClientRect()])
      .filter(([, { width, height }]) => width < 43.9 || height < 43.9)
      .map(([target, { width, height }]) => `${Math.round(width)}×${Math.round(height)} ${target.outerHTML.slice(0, 90)}`),
  );

/** The fault, for a place where the ring around a field or a button (5 pixels) would cover it. */
const underRing = (page) =>
  page.evaluate(() => {
    const found = [];
    const texts = [...document.querySelectorAll(".problem, .result")].filter((one) => one.textContent);
    // What is behind a sheet has no ring.
    const page = document.querySelector("[role=dialog]") ?? document;
    for (const target of page.querySelectorAll("input:not([type=radio], [type=file]), button.primary, form .button")) {
      const box = target.getBoundingClientRect();
      for (const text of texts) {
        const range = document.createRange();
        range.selectNodeContents(text);
        for (const line of range.getClientRects()) {
          const beside = Math.max(line.left - box.right, box.left - line.right);
          const apart = Math.max(beside, line.top - box.bottom, box.top - line.bottom);
          if (line.width > 1 && apart < 5) found.push(`${text.textContent} at ${target.id || target.textContent}`);
        }
      }
    }
    return found;
  });

/** Hints that do not fit into their field, beside the button in it. */
const cutHints = (page) =>
  page.evaluate(() =>
    [...document.querySelectorAll("input[placeholder]")]
      .filter((input) => input.placeholder && input.getClientRects().length > 0)
      .filter((input) => {
        const style = getComputedStyle(input);
        const hint = Object.assign(document.createElement("span"), { textContent: input.placeholder });
        const { font, letterSpacing } = style;
        Object.assign(hint.style, { position: "absolute", whiteSpace: "pre", font, letterSpacing });
        document.body.appendChild(hint);
        const { width } = hint.getBoundingClientRect();
        hint.remove();
        const button = input.parentElement.querySelector("button")?.getBoundingClientRect();
        const end = button ? button.left : input.getBoundingClientRect().right - parseFloat(style.paddingRight);
        return input.getBoundingClientRect().left + parseFloat(style.paddingLeft) + width > end;
      })
      .map((input) => input.placeholder),
  );

/** What is touched is large enough, and no text is hidden by what stands beside it. */
export async function isForFingers({ page }, view) {
  assert.deepEqual(await tooSmall(page), [], `${view}: smaller than 44 pixels`);
  assert.deepEqual(await underRing(page), [], `${view}: under the ring`);
  assert.deepEqual(await cutHints(page), [], `${view}: hints that do not fit`);
}
