// The kit that the stories are told with:
//
//   const hub = await Hub.start();
//   const room = await hub.room();
//   const [minsu, jiwoo] = [await hub.member(transport, room), await hub.member(transport, room)];
//   await minsu.says('hi');
//   await jiwoo.hears('hi');

import { after, before, describe } from 'node:test';
import { Hub } from './kit/hub.js';

export { Browser } from './kit/browser.js';
export { Hub } from './kit/hub.js';
export { RawSocket } from './kit/raw-socket.js';
export { until, untilCount } from './kit/patience.js';
export * from './kit/expect.js';

export const TRANSPORTS = ['websocket', 'polling'];

/** Tells the same stories over each transport of Socket.IO. */
export function overEachTransport(title, stories) {
  for (const transport of TRANSPORTS) describe(`${title}, over ${transport}`, () => stories(transport));
}

/**
 * One hub for the stories of a file or of a `describe`: started before the first and gone after the last.
 * Stories keep apart by each making their own room.
 * @returns {{readonly hub: Hub}}
 */
export function withHub(settings = {}) {
  const holder = { hub: /** @type {Hub} */ (undefined) };
  before(async () => {
    holder.hub = await Hub.start(settings);
  });
  after(() => holder.hub?.stop());
  return holder;
}
