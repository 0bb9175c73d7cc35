// A room for two holds two.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, assertRefused, overEachTransport, withHub } from '../kit.js';

overEachTransport('a full room', (transport) => {
  const the = withHub();

  async function fullRoom() {
    const room = await the.hub.room({ capacity: 2 });
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    await minsu.hearsArrivalOf(jiwoo);
    await minsu.seesPresent(minsu, jiwoo);
    return { room, minsu, jiwoo };
  }
  const joins = async (room) => {
    const third = await the.hub.person(transport).connect(room.namespace);
    return third.asks('joinRoom', { roomId: room.id, chatterId: null });
  };

  it('refuses a third, and those inside hear nothing of it', async () => {
    const { room, minsu } = await fullRoom();
    minsu.inbox.clear();
    assertRefused(await joins(room));
    await minsu.hasHeardNo('sendAlert');
    await minsu.hasHeardNo('returnChatters');
  });

  it('takes no more than fit when many come at once', async () => {
    const room = await the.hub.room({ capacity: 2 });
    const answers = await Promise.all(Array.from({ length: 8 }, () => joins(room)));
    const refused = answers.filter((answer) => !answer.success);
    for (const answer of refused) assertRefused(answer);
    assert.equal(refused.length, 6);
  });

  it('has a place again once somebody’s leaving is announced', async () => {
    const { room, minsu, jiwoo } = await fullRoom();
    jiwoo.disconnect();
    await minsu.hearsDepartureOf(jiwoo);
    assertDone(await joins(room));
  });

  it('keeps the place of somebody who refreshes', async () => {
    const { jiwoo } = await fullRoom();
    await jiwoo.refreshes();
  });

  it('lets a member open a second tab', async () => {
    const { room, jiwoo } = await fullRoom();
    const tab = the.hub.person(transport, { browser: jiwoo.browser });
    await tab.join(room, { chatterId: jiwoo.id });
  });

  it('without a limit takes all', async () => {
    const room = await the.hub.room({ capacity: 0 });
    for (let n = 0; n < 20; n++) await the.hub.member(transport, room);
    const answer = await the.hub.calls('POST', `/chat/rooms/${room.id}/access-check`, { body: { password: '' } });
    assertDone(answer.json);
  });

  it('is 404 at access-check', async () => {
    const { room } = await fullRoom();
    assertHttpError(
      await the.hub.calls('POST', `/chat/rooms/${room.id}/access-check`, { body: { password: '' } }),
      404,
    );
  });
});
