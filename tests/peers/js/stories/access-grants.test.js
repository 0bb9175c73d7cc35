// A passed access-check lets its caller in for 60 s. The only story here that has to wait for the clock.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as elapsed } from 'node:timers/promises';
import { assertDone, assertRefused, withHub } from '../kit.js';

const the = withHub();

it('an access grant to a locked room expires after 60 s', async () => {
  const room = await the.hub.room({ password: 'opensesame' });
  const check = await the.hub.calls('POST', `/chat/rooms/${room.id}/access-check`, {
    body: { password: 'opensesame' },
  });
  assert.equal(assertDone(check.json), true);
  const [early, late] = [await the.hub.person('websocket').connect(room.namespace), the.hub.person('websocket')];
  await elapsed(50_000);
  assertDone(await early.asks('joinRoom', { roomId: room.id, chatterId: null }));
  await elapsed(12_000);
  await late.connect(room.namespace);
  assertRefused(await late.asks('joinRoom', { roomId: room.id, chatterId: null }));
});
