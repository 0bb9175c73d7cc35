// Going away: the grace second, the page refresh that nobody notices, and leaveRoom.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertMessage, assertRefused, overEachTransport, withHub } from '../kit.js';

overEachTransport('leaving a room', (transport) => {
  const the = withHub();

  async function twoInARoom() {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    await minsu.hearsArrivalOf(jiwoo);
    await minsu.seesPresent(minsu, jiwoo);
    minsu.inbox.clear();
    return { room, minsu, jiwoo };
  }

  const isHeld = async (room, person) =>
    assertDone((await the.hub.calls('GET', `/chat/rooms/${room.id}/${person.id}/reentry-check`)).json);

  it('by a disconnect tells those who stay, with an alert and then a roster', async () => {
    const { minsu, jiwoo } = await twoInARoom();
    jiwoo.disconnect();
    const alert = await minsu.hearsDepartureOf(jiwoo);
    assertMessage(alert, 'ALERT');
    assert.ok(alert.content.includes(jiwoo.nickname), alert.content);
    await minsu.seesPresent(minsu);
  });

  it('is announced about a second after the disconnect, not at once', async () => {
    const { minsu, jiwoo } = await twoInARoom();
    const gone = performance.now();
    jiwoo.disconnect();
    await minsu.hearsDepartureOf(jiwoo);
    const waited = performance.now() - gone;
    assert.ok(waited > 900, `announced after ${waited} ms`);
    assert.ok(waited < 5000, `announced after ${waited} ms`);
  });

  it('keeps the place for the grace second: reentry-check is true, then false', async () => {
    const { room, minsu, jiwoo } = await twoInARoom();
    jiwoo.disconnect();
    assert.equal(await isHeld(room, jiwoo), true);
    await minsu.hearsDepartureOf(jiwoo);
    assert.equal(await isHeld(room, jiwoo), false);
  });

  it('for a page refresh is silent, and one comes back as who one was', async () => {
    const { room, minsu, jiwoo } = await twoInARoom();
    const before = jiwoo.id;
    await jiwoo.refreshes();
    assert.equal(jiwoo.id, before);
    await the.hub.graceSecondPasses();
    assert.equal(await isHeld(room, jiwoo), true);
    await minsu.hasHeardNo('sendAlert');
  });

  it('for three refreshes in a row is silent too', async () => {
    const { minsu, jiwoo } = await twoInARoom();
    for (let n = 0; n < 3; n++) await jiwoo.refreshes();
    await the.hub.graceSecondPasses();
    await minsu.hasHeardNo('sendAlert');
    minsu.inbox.clear();
    minsu.socket.emit('returnChatters', { roomId: minsu.room.id });
    await minsu.seesPresent(minsu, jiwoo);
  });

  it('and coming back later announces both, and one is still who one was', async () => {
    const { minsu, jiwoo } = await twoInARoom();
    const before = jiwoo.id;
    jiwoo.disconnect();
    await minsu.hearsDepartureOf(jiwoo);
    await jiwoo.join(jiwoo.room);
    assert.equal(jiwoo.id, before);
    await minsu.hearsArrivalOf(jiwoo);
    await minsu.seesPresent(minsu, jiwoo);
  });

  it('by leaveRoom acknowledges null and tells those who stay', async () => {
    const { minsu, jiwoo } = await twoInARoom();
    assert.equal(await jiwoo.leaves(), null);
    await minsu.hearsDepartureOf(jiwoo);
    await minsu.seesPresent(minsu);
  });

  it('by leaveRoom ends what one may do and hear there', async () => {
    const { room, minsu, jiwoo } = await twoInARoom();
    await jiwoo.leaves();
    assertRefused(await jiwoo.asks('sendMessage', { roomId: room.id, content: 'still here?' }));
    await minsu.hearsDepartureOf(jiwoo);
    await minsu.seesPresent(minsu);
    jiwoo.inbox.clear();
    await minsu.says('only us now');
    // The refusal is a round trip on the same socket: whatever was sent to it before has come.
    assertRefused(await jiwoo.asks('sendMessage', { roomId: room.id, content: 'still here?' }));
    assert.deepEqual(jiwoo.inbox.all('sendMessage'), []);
    await minsu.hears('only us now');
    await minsu.hasHeardNo('sendMessage');
  });

  it('by leaveRoom with a room leaves that one only', async () => {
    const { room, minsu, jiwoo } = await twoInARoom();
    const other = await the.hub.room({ namespace: room.namespace });
    const listener = await the.hub.member(transport, other);
    assert.ok((await jiwoo.asks('joinRoom', { roomId: other.id, chatterId: null })).success);
    assertRefused(await jiwoo.asks('leaveRoom', { roomId: 'no room' }));
    assertDone(await jiwoo.asks('leaveRoom', { roomId: room.id }));
    await minsu.hearsDepartureOf(jiwoo);
    assertRefused(await jiwoo.asks('sendMessage', { roomId: room.id, content: 'still here?' }));
    await jiwoo.asks('sendMessage', { roomId: other.id, content: 'here' });
    await listener.hears('here');
  });

  it('with a second tab open is no leaving', async () => {
    const { minsu, jiwoo } = await twoInARoom();
    const tab = the.hub.person(transport, { browser: jiwoo.browser });
    await tab.join(jiwoo.room, { chatterId: jiwoo.id });
    assert.equal(tab.id, jiwoo.id);
    jiwoo.disconnect();
    await the.hub.graceSecondPasses();
    await minsu.hasHeardNo('sendAlert');
  });
});
