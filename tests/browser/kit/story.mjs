// A story: one hub, some people, and at the end everybody was fine.

import { after, test } from "node:test";
import { startHub } from "./hub.mjs";
import { talker } from "./talk.mjs";
import { closeBrowser, somebody, somebodyBlockingCookies, somebodyIn } from "./people.mjs";

after(closeBrowser);

// Only for a browser that hangs: each wait in a story has an end of its own.
export const HANGS = 20 * 60_000;

/** `diskOf` makes the disk or the machine that the hub is on, if it has one of its own. `hangs` is in ms. */
export function story(name, settings, tell, diskOf = () => null, hangs = HANGS) {
  test(name, { timeout: hangs }, async () => {
    const disk = diskOf();
    let hub;
    try {
      hub = await startHub(settings, disk?.data, disk?.through);
    } catch (error) {
      disk?.remove();
      throw error;
    }
    const people = [];
    const met = (person) => {
      people.push(person);
      return person;
    };
    try {
      await tell({
        hub,
        disk,
        somebody: async (options) => met(await somebody(hub, options)),
        somebodyBlockingCookies: async (options) => met(await somebodyBlockingCookies(hub, options)),
        talker: async (room, password) => met(await talker(hub, room, password)),
        somebodyIn: async (room, options) => met(await somebodyIn(hub, room, options)),
      });
      for (const person of people) person.wasFine();
    } finally {
      for (const person of people) await person.leaves();
      await hub.close();
      disk?.remove();
    }
  });
}
