// Two people open the hub by its name, in a Chromium on this host, and chat. They see that there is another
// hub, and what that one tells people to type. Arguments: the hub's URL, the other's by name and by address.

import assert from "node:assert/strict";
import { closeBrowser, somebody } from "../browser/kit/people.mjs";

const [url, otherByName, otherByAddress] = process.argv.slice(2);
try {
  const people = [await somebody({ url }), await somebody({ url })];
  for (const person of people) {
    await person.opens("/");
    assert.equal(await person.page.evaluate(() => location.origin), url);
    await person.page.locator(".card").first().click();
    await person.isLive();
  }
  const [ann, ben] = people;
  await ann.says("점심 줄 짧아요");
  await ben.sees("점심 줄 짧아요");
  await ben.says("지금 갈게요");
  await ann.sees("지금 갈게요");

  await ann.opens("/");
  const nearby = ann.page.getByRole("region", { name: "가까이 있는 다른 허브" });
  await nearby.locator(`a[href="${otherByAddress}"]`, { hasText: "cola (2)" }).waitFor();

  const curious = await somebody({ url: otherByName });
  await curious.opens("/join");
  await curious.page.getByText(new URL(otherByName).hostname).first().waitFor();
  for (const person of [...people, curious]) person.wasFine();
  console.log("they chatted");
} finally {
  await closeBrowser();
}
