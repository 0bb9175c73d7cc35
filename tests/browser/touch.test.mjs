// For fingers, at 360 pixels and in both languages: what is touched is large enough, and no text lies
// under a button or under the ring of the focus.

import assert from "node:assert/strict";
import { PHONE } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { furnish, VIEWS } from "./kit/views.mjs";

const WIFI = { COLAHUB_WIFI_SSID: "camp-2026", COLAHUB_WIFI_PASSWORD: "cola;hub", COLAHUB_WIFI_SECURITY: "WPA" };
const TALL = Array.from({ length: 30 }, (_, at) => `${at + 1}`).join("\n");

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

async function isForFingers({ page }, view) {
  assert.deepEqual(await tooSmall(page), [], `${view}: smaller than 44 pixels`);
  assert.deepEqual(await underRing(page), [], `${view}: under the ring`);
  assert.deepEqual(await cutHints(page), [], `${view}: hints that do not fit`);
}

for (const locale of ["ko-KR", "en-GB"]) {
  story(`every view is for fingers, ${locale}`, WIFI, async (stage) => {
    const furnished = await furnish(stage);
    const ann = await stage.somebody({ locale, viewport: PHONE });
    for (const [name, open] of Object.entries(VIEWS)) {
      await open({ ...furnished, ann });
      await isForFingers(ann, name);
    }
  });

  story(`what happens in a room is for fingers, ${locale}`, WIFI, async (stage) => {
    const { room, ben } = await furnish(stage);
    const ann = await stage.somebodyIn(room, { locale, viewport: PHONE });
    await ann.page.locator(".notice button").first().waitFor();
    await isForFingers(ann, "one's own coming");

    await ben.says(TALL);
    await ann.page.locator(".unfold").waitFor();
    await isForFingers(ann, "a folded message");
    await ann.page.locator(".unfold").click();
    await isForFingers(ann, "an unfolded message");

    await ann.opensDetails();
    await ann.page.locator("#nickname").fill("");
    await ann.page.keyboard.press("Enter");
    await ann.page.locator(".name-form .result:not(:empty)").waitFor();
    await isForFingers(ann, "a name that is missing");
    await ann.closesSheet();

    await ann.composer.fill("쓰다 만 메시지");
    stage.hub.wire.cut();
    await ann.writes("늦은 메시지");
    await stage.hub.host("room", "close", room.code);
    stage.hub.wire.mend();
    await ann.page.locator(".msg.failed .unsent button").first().waitFor();
    await isForFingers(ann, "a message that could not be sent");
  });
}

story("a link is not broken after its first letter", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "링크" });
  const ann = await somebodyIn(room, { viewport: PHONE });
  await ann.says("지도는 여기에서 볼 수 있어요 http://192.168.4.1:8080/maps/camp");
  const text = await ann.page.locator(".bubble a").evaluate((link) => {
    const node = link.firstChild;
    const range = document.createRange();
    const lines = [];
    for (let at = 0; at < node.length; at += 1) {
      range.setStart(node, at);
      range.setEnd(node, at + 1);
      const { top } = range.getBoundingClientRect();
      if (lines.at(-1)?.top !== top) lines.push({ top, text: "" });
      lines.at(-1).text += node.data[at];
    }
    return lines.map((line) => line.text);
  });
  assert.ok(text[0].startsWith("http://192.168"), text.join(" | "));
});
