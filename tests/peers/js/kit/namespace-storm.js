// A worker that connects to made-up namespaces, by hand and in a thread of its own, so that whoever
// measures how prompt the hub is does not measure this.

import { parentPort, workerData } from 'node:worker_threads';
import { RawSocket } from './raw-socket.js';

const { url, tag, onOneConnection, onManyConnections } = workerData;
const AT_ONCE = 32;

/** Connects to one namespace and leaves it. The hub may refuse, that is its answer too. */
async function visit(raw, name) {
  const answer = raw.inbox.take(
    'packet',
    (packet) => typeof packet === 'string' && (packet.startsWith(`40/${name},`) || packet.startsWith(`44/${name},`)),
  );
  raw.sends(`40/${name},`);
  if ((await answer).startsWith('40')) raw.sends(`41/${name},`);
}

/** Many namespaces on one connection; on a new one where the hub has had enough of the old. */
async function wander(count) {
  let done = 0;
  while (done < count) {
    const raw = await RawSocket.open(url);
    const gone = raw.inbox.take('closed', () => true, 600_000).then(() => 'closed');
    while (done < count) {
      const names = Array.from({ length: Math.min(AT_ONCE, count - done) }, (_, n) => `${tag}-${done + n}`);
      const visits = Promise.all(names.map((name) => visit(raw, name)));
      visits.catch(() => {});
      done += names.length;
      if ((await Promise.race([visits, gone])) === 'closed') break;
      raw.inbox.clear();
    }
    await raw.closes();
  }
}

/** A connection for each namespace. */
async function knock(count) {
  let done = 0;
  const lane = async () => {
    while (done < count) {
      const name = `${tag}-knock-${done++}`;
      const raw = await RawSocket.open(url);
      await visit(raw, name);
      await raw.closes();
    }
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

await wander(onOneConnection);
await knock(onManyConnections);
parentPort.postMessage('done');
