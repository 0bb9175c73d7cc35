// A room's life ends; what was said in it can still be read by those who were there.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, assertRefused, overEachTransport, withHub } from '../kit.js';

overEachTransport('an expired room', (transport) => {
  const the = withHub({ COLAHUB_ROOMS_LIFETIME: '2s' });

  /** A room that has just expired around somebody who was in it. */
  async function expiredRoom() {
    const room = await the.hub.room();
    assert.equal(Date.parse(room.expiresAt) - Date.parse(room.createdAt), 2000);
    const minsu = await the.hub.member(transport, room);
    await minsu.says('in time');
    const closed = await minsu.inbox.take('roomClosed');
    assert.equal(closed.roomId, room.id);
    return { room, minsu };
  }

  it('takes no message: it is neither sent nor stored', async () => {
    const { room, minsu } = await expiredRoom();
    await minsu.hears('in time');
    assertRefused(await minsu.asks('sendMessage', { roomId: room.id, content: 'too late' }));
    assertRefused(await minsu.hearsError());
    assert.deepEqual(minsu.inbox.all('sendMessage'), []);
    const read = assertDone((await the.hub.calls('GET', `/chat/messages/${room.id}/1/${minsu.id}`)).json);
    assert.deepEqual(
      read.filter((one) => one.type === 'MESSAGE').map((one) => one.content),
      ['in time'],
    );
  });

  it('takes no alert and nobody new', async () => {
    const { room, minsu } = await expiredRoom();
    assertRefused(await minsu.asks('sendAlert', { roomId: room.id, content: 'too late' }));
    const jiwoo = await the.hub.person(transport).connect(room.namespace);
    assertRefused(await jiwoo.asks('joinRoom', { roomId: room.id, chatterId: null }));
  });

  it('is 404 at access-check, and says so where it is still shown', async () => {
    const { room } = await expiredRoom();
    assertHttpError(
      await the.hub.calls('POST', `/chat/rooms/${room.id}/access-check`, { body: { password: '' } }),
      404,
    );
    const read = await the.hub.calls('GET', `/chat/rooms/${room.id}`);
    if (read.status === 200) assert.equal(assertDone(read.json).isExpired, true);
    else assertHttpError(read, 404);
    const listed = assertDone((await the.hub.calls('GET', '/chat/rooms')).json).find((one) => one.id === room.id);
    assert.ok(!listed || listed.isExpired);
  });
});
