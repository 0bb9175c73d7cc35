// returnChatters: who is online, to everyone in the room.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertChatter, assertRefused, overEachTransport, withHub } from '../kit.js';

overEachTransport('the roster', (transport) => {
  const the = withHub();

  it('goes to the room when somebody asks for it', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    await minsu.seesPresent(minsu, jiwoo);
    for (const person of [minsu, jiwoo]) person.inbox.clear();
    jiwoo.socket.emit('returnChatters', { roomId: room.id });
    await minsu.seesPresent(minsu, jiwoo);
    await jiwoo.seesPresent(minsu, jiwoo);
  });

  it('lists chatters, online ones only', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    jiwoo.disconnect();
    await minsu.hearsDepartureOf(jiwoo);
    minsu.inbox.clear();
    minsu.socket.emit('returnChatters', { roomId: room.id });
    const roster = await minsu.inbox.take('returnChatters');
    assert.equal(roster.length, 1);
    for (const chatter of roster) {
      assertChatter(chatter);
      assert.equal(chatter.isActive, true);
    }
    assert.equal(roster[0].nickname, minsu.nickname);
  });

  it('lists one person with two tabs once', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const tab = the.hub.person(transport, { browser: minsu.browser });
    await tab.join(room, { chatterId: minsu.id });
    await tab.seesPresent(minsu);
  });

  it('is not for those who have not joined', async () => {
    const room = await the.hub.room();
    await the.hub.member(transport, room);
    const stranger = await the.hub.person(transport).connect(room.namespace);
    stranger.socket.emit('returnChatters', { roomId: room.id });
    assertRefused(await stranger.hearsError());
    assert.deepEqual(stranger.inbox.all('returnChatters'), []);
  });
});
