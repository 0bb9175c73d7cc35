// sendAlert: what a client may say in the alerts' place, and whose word it stays.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertMessage, assertRefused, overEachTransport, untilCount, withHub } from '../kit.js';

overEachTransport('a client’s alert', (transport) => {
  const the = withHub();

  it('reaches everyone in the room as an ALERT with its sender', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    minsu.alerts('토끼님이 사자로 이름을 바꿨습니다.');
    for (const person of [minsu, jiwoo]) {
      const alert = await person.hearsAlert('토끼님이 사자로 이름을 바꿨습니다.');
      assertMessage(alert, 'ALERT');
      assert.equal(alert.roomId, room.id);
      assert.equal(alert.chatterId, minsu.id);
    }
  });

  it('is in the history', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    minsu.alerts('for the record');
    await minsu.hearsAlert('for the record');
    const last = (await the.hub.page(room, 1, minsu.id)).at(-1);
    assert.equal(last.type, 'ALERT');
    assert.equal(last.content, 'for the record');
  });

  it('cannot pass for the hub’s own, whatever it says', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    const genuine = await minsu.hearsArrivalOf(jiwoo);
    minsu.socket.emit('sendAlert', {
      roomId: room.id,
      content: genuine.content,
      chatterId: jiwoo.id,
      from: 'hub',
      alert: { kind: 'joined', count: 1 },
      type: 'MESSAGE',
    });
    const forged = await jiwoo.inbox.take('sendAlert', (alert) => alert.id > genuine.id);
    assert.equal(forged.type, 'ALERT');
    assert.equal(forged.chatterId, minsu.id);
    assert.equal(genuine.from, 'hub');
    assert.equal(forged.from, 'chatter');
    assert.notEqual(forged.alert?.kind, 'joined');
    minsu.socket.emit('sendAlert', { roomId: room.id, content: 'all out', host: true, alert: { kind: 'announcement' } });
    const spoken = await jiwoo.inbox.take('sendAlert', (alert) => alert.id > forged.id);
    assert.equal(spoken.from, 'chatter');
    assert.equal(spoken.host, undefined);
    assert.notEqual(spoken.alert?.kind, 'announcement');
  });

  it('is limited: of a hundred at once most are refused, and none of those is heard or stored', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const flood = Array.from({ length: 100 }, (_, n) =>
      minsu.asks('sendAlert', { roomId: room.id, content: `flood ${n}` }),
    );
    const answers = await Promise.all(flood);
    const taken = answers.filter((answer) => answer.success).length;
    for (const answer of answers.filter((one) => !one.success)) assertRefused(answer);
    assert.ok(taken < 50, `${taken} of 100 were taken`);
    await untilCount('every alert that was taken is heard', () => minsu.inbox.all('sendAlert').length, taken);
    const stored = (await the.hub.history(room, minsu.id)).filter((message) => message.content.startsWith('flood'));
    assert.equal(stored.length, taken);
    assert.equal(minsu.inbox.all('sendAlert').length, taken);
  });

  it('needs a room one has joined', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    minsu.inbox.clear();
    const stranger = await the.hub.person(transport).connect(room.namespace);
    assertRefused(await stranger.asks('sendAlert', { roomId: room.id, content: 'boo' }));
    assertRefused(await stranger.hearsError());
    await minsu.hasHeardNo('sendAlert');
    const read = assertDone((await the.hub.calls('GET', `/chat/messages/${room.id}/1/${minsu.id}`)).json);
    assert.ok(read.every((message) => message.content !== 'boo'));
  });
});
