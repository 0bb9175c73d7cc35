// A sound and a short vibration for what is new: off until switched on, and kept on the phone.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

/** Counts what is to be heard and felt. The sounds really are made. */
function listen() {
  window.given = [];
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...at) {
    window.given.push("sound");
    return start.apply(this, at);
  };
  navigator.vibrate = (pattern) => Boolean(window.given.push(`vibration ${[pattern].flat().length}`));
}

const given = ({ page }) => page.evaluate(() => window.given.splice(0));

async function hears(person, wanted) {
  const all = [];
  await until(async () => {
    all.push(...(await given(person)));
    assert.deepEqual(all, wanted);
  });
}

const choice = ({ page }, kind, label) => page.getByRole("group", { name: kind }).getByLabel(label);

async function chooses(person, kind, label) {
  await person.opensDetails();
  await choice(person, kind, label).check();
  await person.closesSheet();
}

story("one hears and feels what one chose, also after a reload", {}, async ({ hub, somebody, somebodyIn, talker }) => {
  const room = await hub.makeRoom({ title: "소리" });
  const ann = await somebody();
  await ann.page.addInitScript(listen);
  await ann.enters(room);
  const ben = await talker(room);
  await ben.says("조용히");
  await ann.sees("조용히");
  assert.deepEqual(await given(ann), [], "off until switched on");

  await ann.opensDetails();
  assert.ok(await choice(ann, "소리", "끔").isChecked());
  await ann.fits();
  await choice(ann, "소리", "모든 메시지").check();
  await hears(ann, ["sound"]);
  await choice(ann, "진동", "나를 부를 때").check();
  await hears(ann, ["vibration 3"]);
  await ann.closesSheet();
  await ben.says("들려요?");
  await ann.sees("들려요?");
  await hears(ann, ["sound"]);
  const name = await ann.name();
  await ben.names(name, "여기요");
  await ann.sees("여기요");
  await hears(ann, ["sound", "sound", "vibration 3"]);
  await ann.says("나도 들려요");
  assert.deepEqual(await given(ann), [], "not one's own");

  // A page that was loaded again may make no sound before a tap, and complains of nothing.
  await ann.page.reload();
  await ann.isLive();
  await ann.page.locator(".composer textarea").click();
  await ben.says("다시");
  await ann.sees("다시");
  await hears(ann, ["sound"]);
  await chooses(ann, "소리", "끔");
  await ben.says("이제 조용히");
  await ann.sees("이제 조용히");
  assert.deepEqual(await given(ann), []);
  const other = await somebodyIn(room);
  await other.opensDetails();
  assert.ok(await choice(other, "소리", "끔").isChecked(), "each phone for itself");
});
