// What the host announces, as clients of all kinds hear it; and that nobody else can announce.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, overEachTransport, withHub } from '../kit.js';

overEachTransport('an announcement', (transport) => {
  const the = withHub();
  const announces = async (...words) => {
    await the.hub.host('announce', 'add', ...words);
    const all = JSON.parse(await the.hub.host('announce', 'list', '--json'));
    return all.at(-1).id;
  };

  it('is told to those present, shown to newcomers, an alert for old clients, and gone when taken down', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const id = await announces('Supper is ready', '--room', room.code);
    const up = await minsu.inbox.take('announcement', (one) => one.id === id);
    const { sentAt, ...rest } = up;
    assert.deepEqual(rest, { id, roomId: room.id, text: 'Supper is ready', until: null });
    assert.ok(Date.parse(sentAt));
    const alert = await minsu.inbox.take('sendAlert', ({ content }) => content === 'Supper is ready');
    assert.equal(alert.type, 'ALERT');
    assert.deepEqual([alert.host, alert.alert.kind], [true, 'announcement']);
    const jiwoo = await the.hub.member(transport, room);
    assert.deepEqual(jiwoo.chatter.announcements.map((one) => one.id), [id]);
    await minsu.refreshes();
    assert.deepEqual(minsu.chatter.announcements.map((one) => one.id), [id]);
    await the.hub.host('announce', 'done', id);
    for (const person of [minsu, jiwoo]) assert.deepEqual(await person.inbox.take('announcementGone'), { id });
    const eve = await the.hub.member(transport, room);
    assert.deepEqual(eve.chatter.announcements, []);
  });

  it('is nothing that a client can send', async () => {
    const room = await the.hub.room();
    const [minsu, jiwoo] = [await the.hub.member(transport, room), await the.hub.member(transport, room)];
    const id = await announces('The stage is open', '--room', room.code);
    await jiwoo.inbox.take('announcement', (one) => one.id === id);
    minsu.socket.emit('announcement', { id: '00000000-0000-4000-8000-000000000000', roomId: room.id, text: 'Go home', until: null });
    minsu.socket.emit('announcementGone', { id });
    minsu.socket.emit('roomMode', { roomId: room.id, mode: 'ended' });
    // By then jiwoo would have heard them.
    assertDone(await minsu.asks('sendMessage', { roomId: room.id, content: 'after all that' }));
    await jiwoo.inbox.take('sendMessage', ({ content }) => content === 'after all that');
    for (const event of ['announcement', 'announcementGone', 'roomMode']) {
      assert.deepEqual(jiwoo.inbox.all(event), [], event);
    }
    const eve = await the.hub.member(transport, room);
    assert.deepEqual(eve.chatter.announcements.map((one) => one.text), ['The stage is open']);
  });
});
