// Two people open the hub by its name, in a Chromium on this host, and chat. Arguments: the hub's URL.

import assert from "node:assert/strict";
import { closeBrowser, somebody } from "../browser/kit/people.mjs";

// Chromium says of every page without https that a header of the hub's is for https only.
const IGNORED = /Cross-Origin-Opener-Policy header has been ignored/;

const hub = { url: process.argv[2] };
try {
  const people = [await somebody(hub), await somebody(hub)];
  for (const person of people) {
    await person.opens("/");
    assert.equal(await person.page.evaluate(() => location.origin), hub.url);
    await person.page.locator(".card").first().click();
    await person.isLive();
  }
  const [ann, ben] = people;
  await ann.says("점심 줄 짧아요");
  await ben.sees("점심 줄 짧아요");
  await ben.says("지금 갈게요");
  await ann.sees("지금 갈게요");
  for (const person of people) {
    person.troubles = person.troubles.filter((trouble) => !IGNORED.test(trouble));
    person.wasFine();
  }
  console.log("they chatted");
} finally {
  await closeBrowser();
}
