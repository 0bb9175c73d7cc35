// The page on several hubs: its hub dies, and the name that it has leads to another.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { Postgres, hubs as start } from '../kit/several.js';
import { closeBrowser, somebodyIn, until } from '../../browser/kit/people.mjs';
import { startWire } from '../../browser/kit/wire.mjs';
import { untilCount } from '../../peers/js/kit/patience.js';
import { knowAll } from '../kit/whole.js';

after(closeBrowser);

const numbered = (who, from, to) => Array.from({ length: to - from + 1 }, (_, at) => `${who}${from + at}`);

test('two people on two hubs talk on when the hub of one dies', { timeout: 20 * 60_000 }, async () => {
  const postgres = await Postgres.start('fsync=off');
  const hubs = await start(postgres, 2);
  const [doomed, other] = hubs;
  // As a balancer or a second address would: the address of the page stays, and leads to a hub that lives.
  let leadsTo = doomed;
  const [annsWire, bensWire] = [await startWire(() => leadsTo.port), await startWire(() => other.port)];
  const at = (wire) => ({ url: `http://127.0.0.1:${wire.port}` });
  const people = [];
  try {
    const room = await doomed.room({ title: '두 허브', history: 'all' });
    await untilCount('both hubs know the room', () => knowAll(hubs, [room]), hubs.length);
    const ann = await somebodyIn(at(annsWire), room);
    const ben = await somebodyIn(at(bensWire), room);
    people.push(ann, ben);
    await ann.says('a1');
    await ben.sees('a1');
    await ben.says('b1');
    await ann.sees('b1');
    const name = await ann.name();

    // In the middle of a conversation: some of what ann writes is on its way.
    for (const text of numbered('a', 2, 6)) await ann.writes(text);
    await doomed.ends('SIGKILL');
    leadsTo = other;
    for (const text of numbered('a', 7, 9)) await ann.writes(text);
    for (const text of numbered('b', 2, 5)) await ben.writes(text);

    await until(async () => {
      const said = await ann.said();
      assert.deepEqual(said, await ben.said());
      assert.deepEqual(said.filter((text) => text.startsWith('a')), numbered('a', 1, 9), 'what ann said');
      assert.deepEqual(said.filter((text) => text.startsWith('b')), numbered('b', 1, 5), 'what ben said');
    });
    await ann.hasSentAll();
    assert.equal(await ann.name(), name, 'she is who she was');
    await until(async () => assert.equal(await ann.banner.textContent(), ''));
    for (const person of people) person.wasFine();
  } finally {
    for (const person of people) await person.leaves();
    for (const wire of [annsWire, bensWire]) await wire.close();
    await Promise.all(hubs.map((hub) => hub.stop()));
    postgres.stop();
  }
});
