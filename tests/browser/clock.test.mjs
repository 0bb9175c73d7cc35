// The host's clock: a board that does not know the time takes it from the host's phone.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { hostLink, opensAsHost } from "./kit/host.mjs";
import { guessingMachine } from "./kit/machine.mjs";
import { story } from "./kit/story.mjs";

const DAY = 24 * 60 * 60 * 1000;

/** Phones are right, and the board is three days behind: as if it was switched off for so long. */
const onPhones = (person) => person.page.clock.install({ time: Date.now() + 3 * DAY + 60_000 });

const timesOf = (person) => person.page.locator(".log time").evaluateAll((all) => all.map((one) => one.dateTime));

story(
  "a host's phone gives a board the time, and takes it back",
  {},
  async ({ hub, disk, somebody }) => {
    if (!disk) return;
    const room = await hub.makeRoom({ title: "점심", history: "all" });
    const [ann, host, helper] = [await somebody(), await somebody(), await somebody()];
    for (const one of [ann, host, helper]) await onPhones(one);
    await ann.enters(room);
    await ann.says("아침이에요");
    await opensAsHost(host);
    await opensAsHost(helper, await hostLink(hub, "도우미", "--helper"));

    // What is wrong, by how much, and what can be done.
    const { page } = host;
    const clock = page.locator(".clock-now");
    await clock.getByText("허브의 시계가 이 휴대폰보다 3일 늦어요").waitFor();
    await host.fits();
    assert.equal(await helper.page.locator(".clock-now").count(), 0, "a helper can do nothing about it");

    // A slip is called off; then it is meant.
    await clock.getByRole("button", { name: "이 휴대폰의 시각 쓰기" }).click();
    await page.locator(".act-bar button", { hasText: "취소" }).click();
    await page.locator(".act-bar", { hasText: "취소했어요" }).waitFor();
    await clock.getByRole("button", { name: "이 휴대폰의 시각 쓰기" }).click();
    await page.locator(".act-bar button", { hasText: "바로 하기" }).click();
    await clock.getByText("허브가 주최자 휴대폰의 시각을 쓰고 있어요").waitFor();
    await host.fits();
    assert.match(await hub.host("status"), /as a host has set it/);

    // What is said now has the right time, also on a page that was open before.
    await ann.says("점심이에요");
    const { data } = await (await fetch(`${hub.url}/api/hub`)).json();
    const phone = await page.evaluate(() => Date.now());
    assert.ok(Math.abs(Date.parse(data.time) - phone) < 60_000, `${data.time}`);
    const shown = await timesOf(ann);
    assert.ok(Math.abs(Date.parse(shown.at(-1)) - phone) < 5 * 60_000, `${shown}`);

    // It is the same after a restart of the hub.
    await hub.restart();
    await clock.getByText("허브가 주최자 휴대폰의 시각을 쓰고 있어요").waitFor();

    // In English, and forgotten.
    await page.locator(".host-language").click();
    await clock.getByText("The hub goes by the time of a host’s phone").waitFor();
    await clock.getByRole("button", { name: "Forget the phone’s time" }).click();
    await page.locator(".act-bar button", { hasText: "Do it now" }).click();
    await clock.waitFor({ state: "detached" });
    const after = await (await fetch(`${hub.url}/api/hub`)).json();
    assert.equal(after.data.timeTrusted, false);
    assert.ok(Date.parse(after.data.time) >= Date.parse(data.time), "it never goes back");

    // Nobody needs the phone once a time server sets the machine's clock.
    disk.isSynchronised();
    await until(() => hub.host("clock", "set", "2030-01-01T00:00Z").then(
      () => false,
      ({ stderr }) => /can be relied on/.test(stderr),
    ));
  },
  guessingMachine,
);
