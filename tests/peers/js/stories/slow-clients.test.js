// A client that stops reading is let go; those beside it miss nothing and do not wait for it.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { RawSocket } from '../kit/raw-socket.js';
import { assertDone, untilCount, withHub } from '../kit.js';

const the = withHub({ COLAHUB_LIMITS_PROFILE: 'off' });
const COUNT = 8_000;

it('members that never read are dropped, and the others hear everything in order', async () => {
  const room = await the.hub.room({ capacity: 0 });
  const deaf = [];
  for (let n = 0; n < 10; n++) {
    const raw = await RawSocket.open(the.hub.url);
    await raw.connects(room.namespace);
    assertDone(await raw.asks(room.namespace, 'joinRoom', { roomId: room.id, chatterId: null }));
    raw.stopsReading();
    deaf.push(raw);
  }
  const minsu = await the.hub.member('websocket', room);
  const jiwoo = await the.hub.member('websocket', room);

  await minsu.saysAll(Array.from({ length: COUNT }, (_, n) => `${n} ${'x'.repeat(1000 - 8)}`));
  await untilCount('all is heard', () => jiwoo.inbox.all('sendMessage').length, COUNT);
  const numbers = jiwoo.inbox.all('sendMessage').map(({ content }) => Number(content.split(' ')[0]));
  assert.deepEqual(numbers, Array.from({ length: COUNT }, (_, n) => n));

  // Only the two who read are left, so the deaf were let go, each with its leaving told.
  const gone = async () => {
    const answer = await fetch(`${the.hub.url}/chat/rooms`);
    const listed = (await answer.json()).data.find(({ id }) => id === room.id);
    return deaf.length + 2 - listed.present;
  };
  await untilCount('the deaf are gone', gone, deaf.length);
  assert.equal(await gone(), deaf.length);
  for (const raw of deaf) await raw.closes();
});
