// Acknowledged means kept: also when the hub is killed in the middle of a word.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { overEachTransport, untilCount, withHub } from '../kit.js';

overEachTransport('a hub that is killed', (transport) => {
  const the = withHub({ COLAHUB_LIMITS_PROFILE: 'off' });

  it('loses nothing that was acknowledged, and keeps it in order', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const sent = [];
    const acked = [];
    const says = () => {
      const content = `number ${sent.length}`;
      sent.push(content);
      minsu.socket.emit('sendMessage', { roomId: room.id, content }, (answer) => {
        if (answer.success) acked.push(content);
        says();
      });
    };
    // Two hundred on their way at any moment, so that the end comes while some of them are.
    for (let n = 0; n < 200; n++) says();
    await untilCount('some are acknowledged', () => acked.length, 1000);
    await the.hub.ends('SIGKILL');

    await the.hub.startsAgain();
    await minsu.join(room);
    const stored = (await the.hub.history(room, minsu.id))
      .filter((message) => message.type === 'MESSAGE')
      .map((message) => message.content);
    assert.deepEqual(stored.slice(0, acked.length), acked);
    assert.deepEqual(stored, sent.slice(0, stored.length), 'nothing twice, nothing out of order');
  });
});
