// The main stories in the engines that are not Chromium's. ENGINE names the one of this run.

import { appendFileSync } from "node:fs";
import { after, test } from "node:test";
import { startHub } from "../kit/hub.mjs";
import { talker } from "../kit/talk.mjs";
import { somebody } from "./person.mjs";
import { STORIES } from "./stories.mjs";

const name = process.env.ENGINE;
const engine = await import(`./${name}.mjs`);
after(engine.close);

// Only for a browser that hangs: each wait in a story has an end of its own.
const HANGS = 10 * 60_000;

for (const { name: title, settings, tell } of STORIES) {
  test(`${name}: ${title}`, { timeout: HANGS }, async () => {
    const hub = await startHub(settings);
    const leave = [];
    try {
      await tell({
        hub,
        engine,
        skips(why) {
          console.error(`skipped: ${why}`);
          const list = process.env.COLAHUB_TEST_SKIPPED;
          if (list) appendFileSync(list, `browser engines: ${why}\n`);
        },
        async somebody(options) {
          const person = await somebody(engine, hub, options);
          leave.push(() => person.page.close());
          return person;
        },
        async talker(room) {
          const one = await talker(hub, room);
          leave.push(() => one.leaves());
          return one;
        },
      });
    } finally {
      for (const one of leave) await one();
      await hub.close();
    }
  });
}
