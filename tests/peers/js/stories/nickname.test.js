// PATCH /chat/chatters/{chatterId}/nickname, called without credentials as the front end does.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertChatter, assertDone, assertHttpError, overEachTransport, withHub } from '../kit.js';

const NOBODYS = '00000000-0000-4000-8000-000000000000';

overEachTransport('renaming oneself', (transport) => {
  const the = withHub();
  const rename = (id, body, options) => the.hub.calls('PATCH', `/chat/chatters/${id}/nickname`, { body, ...options });

  it('answers the chatter under the new name', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    const answer = await rename(minsu.id, { nickname: '파란 고래' });
    assert.equal(answer.status, 200);
    const chatter = assertDone(answer.json);
    assertChatter(chatter);
    assert.equal(chatter.id, minsu.id);
    assert.equal(chatter.nickname, '파란 고래');
  });

  it('shows in the room’s roster and in what one says next', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    jiwoo.inbox.clear();
    assertDone((await rename(minsu.id, { nickname: '파란 고래' })).json);
    await jiwoo.inbox.take('returnChatters', (roster) =>
      roster.some((one) => one.id === minsu.id && one.nickname === '파란 고래'),
    );
    await minsu.says('it is still me');
    assert.equal((await jiwoo.hears('it is still me')).chatter.nickname, '파란 고래');
  });

  it('leaves saying so to the front end: the hub sends no alert of its own', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    minsu.inbox.clear();
    assertDone((await rename(minsu.id, { nickname: '파란 고래' })).json);
    await minsu.hasHeardNo('sendAlert');
  });

  it('outlasts a refresh', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    assertDone((await rename(minsu.id, { nickname: '파란 고래' })).json);
    await minsu.refreshes();
    assert.equal(minsu.nickname, '파란 고래');
  });

  it('is refused without a name, or with one that is no text', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    for (const body of [
      {},
      { nickname: null },
      { nickname: 7 },
      { nickname: ['a'] },
      { nickname: {} },
      [],
      'nickname',
    ]) {
      assertHttpError(await rename(minsu.id, body), 400);
    }
    await minsu.refreshes();
  });

  it('is refused for a chatter that is not there', async () => {
    assertHttpError(await rename(NOBODYS, { nickname: '파란 고래' }), 401, 403, 404);
  });
});
