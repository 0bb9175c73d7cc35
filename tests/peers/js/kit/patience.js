// How long the stories wait: until nothing has moved for a while. A slow machine is waited for as long as it gets on.

import { readFile } from 'node:fs/promises';
import { setTimeout as elapsed } from 'node:timers/promises';

/** How long nothing may move while something is waited for. Generous: a busy machine is not a broken hub. */
export const PATIENCE = 15_000;

/** After this a wait ends even if something always moves: only so that no story hangs for ever. */
const HANGS = 20 * 60_000;

/** Waits until something is so. For what no event announces, and nothing shows to be on its way. */
export function until(what, isSo, patience = PATIENCE) {
  return untilMoved(what, isSo, () => null, patience);
}

/**
 * Waits until a count has grown to what is wanted, however long that takes. Gives up when the count has stood still
 * for `patience`.
 */
export async function untilCount(what, count, wanted, patience = PATIENCE) {
  let seen;
  const look = async () => (seen = await count()) >= wanted;
  await untilMoved(what, look, () => `${seen} of ${wanted}`, patience);
}

/**
 * Waits until something is so, and gives what `isSo` gave. Gives up when what `progress` says of it has stayed the same
 * for `patience`.
 */
export async function untilMoved(what, isSo, progress, patience = PATIENCE, hangs = HANGS) {
  const begun = Date.now();
  let found = await isSo();
  for (let [seen, moved] = [await progress(), begun]; !found; ) {
    const far = seen === null ? '' : ` (${seen})`;
    if (Date.now() - moved > patience) throw new Error(`still not so, and nothing moved for ${patience} ms: ${what}${far}`);
    if (Date.now() - begun > hangs) throw new Error(`it goes on without end: ${what}${far}`);
    await elapsed(Math.min(50, patience / 4));
    // Looked at before the clock is: this process may have been stopped, too.
    found = await isSo();
    const now = await progress();
    if (now !== seen) [seen, moved] = [now, Date.now()];
  }
  return found;
}

/** The processor time that a process has taken, in the kernel's ticks; null where it has ended. */
export async function spent(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  // Behind the name, which may have spaces: utime and stime are the 14th and 15th field of all.
  return stat && stat.slice(stat.lastIndexOf(')')).split(' ').slice(12, 14).join('+');
}
