// joinRoom: who one becomes, and what the room gets.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertChatter, assertDone, assertMessage, assertRefused, overEachTransport, withHub } from '../kit.js';

const NOBODYS = '00000000-0000-4000-8000-000000000000';

overEachTransport('joining a room', (transport) => {
  const the = withHub();

  for (const [what, chatterId] of [
    ['null', null],
    ['absent', undefined],
    ['empty', ''],
  ]) {
    it(`makes a new chatter where chatterId is ${what}`, async () => {
      const room = await the.hub.room();
      const minsu = the.hub.person(transport);
      const chatter = await minsu.join(room, { chatterId });
      assertChatter(chatter);
      assert.equal(chatter.isActive, true);
      assert.equal(chatter.deletedAt, null);
    });
  }

  it('makes a new chatter for an id that nobody has', async () => {
    const minsu = the.hub.person(transport);
    const chatter = await minsu.join(await the.hub.room(), { chatterId: NOBODYS });
    assertChatter(chatter);
    assert.notEqual(chatter.id, NOBODYS);
  });

  it('tells everybody in the room, oneself included, with an alert and a roster', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = the.hub.person(transport);
    await jiwoo.join(room);
    for (const person of [minsu, jiwoo]) {
      const alert = await person.hearsArrivalOf(jiwoo);
      assertMessage(alert, 'ALERT');
      assert.equal(alert.roomId, room.id);
      assert.ok(alert.content.includes(jiwoo.nickname), alert.content);
      await person.seesPresent(minsu, jiwoo);
    }
  });

  it('gives everybody a nickname of their own, of at most 10 characters', async () => {
    const room = await the.hub.room();
    const people = [];
    for (let n = 0; n < 8; n++) people.push(await the.hub.member(transport, room));
    const names = people.map((person) => person.nickname);
    assert.equal(new Set(names).size, names.length, names.join(', '));
    const letters = new Intl.Segmenter('ko', { granularity: 'grapheme' });
    for (const name of names) assert.ok([...letters.segment(name)].length <= 10, name);
  });

  it('again, where one is already online, gives the same chatter and a roster but no second alert', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const first = minsu.id;
    minsu.inbox.clear();
    const again = await minsu.join(room);
    assert.equal(again.id, first);
    await minsu.seesPresent(minsu);
    await minsu.hasHeardNo('sendAlert');
  });

  it('says nothing to other rooms of the same namespace', async () => {
    const here = await the.hub.room({ namespace: 'shared' });
    const there = await the.hub.room({ namespace: 'shared' });
    const minsu = await the.hub.member(transport, there);
    minsu.inbox.clear();
    await the.hub.member(transport, here);
    await minsu.hasHeardNo('sendAlert');
    await minsu.hasHeardNo('returnChatters');
  });

  it('is refused for a room that is not there', async () => {
    const minsu = await the.hub.person(transport).connect('nowhere');
    assertRefused(await minsu.asks('joinRoom', { roomId: NOBODYS, chatterId: null }));
    assertRefused(await minsu.hearsError());
  });

  it('is refused for a room of another namespace', async () => {
    const room = await the.hub.room({ namespace: 'theirs' });
    const minsu = await the.hub.member(transport, room);
    minsu.inbox.clear();
    const stranger = await the.hub.person(transport).connect('ours');
    assertRefused(await stranger.asks('joinRoom', { roomId: room.id, chatterId: null }));
    await minsu.hasHeardNo('sendAlert');
    await minsu.hasHeardNo('returnChatters');
  });

  it('works without an acknowledgement asked for', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.person(transport).connect(room.namespace);
    minsu.socket.emit('joinRoom', { roomId: room.id, chatterId: null });
    assertMessage(await minsu.inbox.take('sendAlert'), 'ALERT');
    const [chatter] = await minsu.inbox.take('returnChatters');
    assertChatter(chatter);
  });

  it('answers reentry-check', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const check = async (chatterId) =>
      assertDone((await the.hub.calls('GET', `/chat/rooms/${room.id}/${chatterId}/reentry-check`)).json);
    assert.equal(await check(minsu.id), true);
    assert.equal(await check('undefined'), false);
    assert.equal(await check(NOBODYS), false);
  });
});
