// 100,000 connects to made-up namespaces: memory comes back, and nobody else has to wait.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { untilCount, withHub } from '../kit.js';

const the = withHub({ COLAHUB_LIMITS_PROFILE: 'off' });

function storm(workerData) {
  const worker = new Worker(fileURLToPath(new URL('../kit/namespace-storm.js', import.meta.url)), { workerData });
  return once(worker, 'message');
}

it('100,000 made-up namespaces leave nothing behind', async (t) => {
  const room = await the.hub.room();
  const minsu = await the.hub.member('websocket', room);
  const { url } = the.hub;
  // First a little of everything, so that what the hub allocates once is there before we measure.
  await storm({ url, tag: 'warm', onOneConnection: 500, onManyConnections: 100 });
  for (let n = 0; n < 50; n++) await minsu.says(`warm ${n}`);

  const before = await the.hub.memory();
  let peak = before;
  let slowest = 0;
  let over = false;
  const storming = storm({ url, tag: 'storm', onOneConnection: 92_000, onManyConnections: 8_000 }).then(
    () => (over = true),
  );
  for (let n = 0; !over; n++) {
    const asked = performance.now();
    await minsu.says(`prompt ${n}`);
    slowest = Math.max(slowest, performance.now() - asked);
    peak = Math.max(peak, await the.hub.memory());
    await Promise.race([storming, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
  minsu.inbox.clear();
  t.diagnostic(
    `memory ${before.toFixed(1)} MB before, ${peak.toFixed(1)} MB at most; slowest ack ${slowest.toFixed(0)} ms`,
  );

  // Below zero while too much is held, in whole MB: what still shrinks is waited for.
  const left = async () => Math.floor(before + 5 - (await the.hub.memory()));
  await untilCount(`memory is within 5 MB of the ${before.toFixed(1)} MB before`, left, 0, 30_000);
  t.diagnostic(`memory ${(await the.hub.memory()).toFixed(1)} MB after`);
  // Some hundred milliseconds on a quiet machine. This only tells waiting from being forgotten.
  assert.ok(slowest < 10_000, `somebody else’s ack took ${slowest} ms`);
});
