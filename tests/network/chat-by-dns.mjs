// Two people open the hub in a Chromium on this host, each by another of its names, and chat; the join page shows the
// network. Arguments: the two URLs.

import assert from "node:assert/strict";
import { closeBrowser, somebody } from "../browser/kit/people.mjs";

const urls = process.argv.slice(2);
try {
  const people = [];
  for (const url of urls) {
    const person = await somebody({ url });
    await person.opens("/");
    assert.equal(await person.page.evaluate(() => location.origin), url);
    await person.page.locator(".card").first().click();
    await person.isLive();
    people.push(person);
  }
  const [ann, ben] = people;
  await ann.says("점심 줄 짧아요");
  await ben.sees("점심 줄 짧아요");
  await ben.says("지금 갈게요");
  await ann.sees("지금 갈게요");

  await ben.opens("/join");
  for (const text of ["Cola", "sing along", "10.42.0.1"]) {
    await ben.page.getByText(text).first().waitFor();
  }
  for (const person of people) person.wasFine();
  console.log("they chatted");
} finally {
  await closeBrowser();
}
