// How long the stories wait: until nothing has moved for a while. A slow machine is waited for as long as it gets on.

import { setTimeout as elapsed } from 'node:timers/promises';

/** How long nothing may move while something is waited for. Generous: a busy machine is not a broken hub. */
export const PATIENCE = 15_000;

/** Waits until something is so. For what no event announces, and nothing shows to be on its way. */
export function until(what, isSo, patience = PATIENCE) {
  return untilCount(what, async () => ((await isSo()) ? 1 : 0), 1, patience);
}

/**
 * Waits until a count has grown to what is wanted, however long that takes. Gives up when the count has stood still
 * for `patience`.
 */
export async function untilCount(what, count, wanted, patience = PATIENCE) {
  let seen = await count();
  let moved = Date.now();
  while (seen < wanted) {
    if (Date.now() - moved > patience) {
      throw new Error(`still not so, and nothing moved for ${patience} ms: ${what} (${seen} of ${wanted})`);
    }
    await elapsed(Math.min(50, patience / 4));
    // Looked at before the clock is: this process may have been stopped, too.
    const now = await count();
    if (now !== seen) [seen, moved] = [now, Date.now()];
  }
}
