// For fingers, at 360 pixels and in both languages: what is touched is large enough, and no text lies
// under a button or under the ring of the focus. (Every view: access.test.mjs.)

import assert from "node:assert/strict";
import { isForFingers } from "./kit/looks.mjs";
import { PHONE } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { furnish } from "./kit/views.mjs";

const WIFI = { COLAHUB_WIFI_SSID: "camp-2026", COLAHUB_WIFI_PASSWORD: "cola;hub", COLAHUB_WIFI_SECURITY: "WPA" };
const TALL = Array.from({ length: 30 }, (_, at) => `${at + 1}`).join("\n");

for (const locale of ["ko-KR", "en-GB"]) {
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
