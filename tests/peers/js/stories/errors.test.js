// Every refusal at the socket: an acknowledgement where one was asked for, and the event `message`
// whose one argument is the envelope as a JSON string. Nothing that was refused is stored or sent.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertRefused, overEachTransport, withHub } from '../kit.js';

const NOBODYS = '00000000-0000-4000-8000-000000000000';

overEachTransport('a refusal', (transport) => {
  const the = withHub();

  it('is acknowledged, and told as a `message` event', async () => {
    const minsu = await the.hub.person(transport).connect('somewhere');
    const acked = await minsu.asks('sendMessage', { roomId: NOBODYS, content: 'hello?' });
    assertRefused(acked);
    const text = await minsu.inbox.take('message');
    assert.equal(typeof text, 'string');
    const told = JSON.parse(text);
    assertRefused(told);
    assert.equal(told.message, acked.message);
  });

  it('is told as a `message` event also where no acknowledgement was asked for', async () => {
    const minsu = await the.hub.person(transport).connect('somewhere');
    minsu.socket.emit('joinRoom', { roomId: NOBODYS, chatterId: null });
    assertRefused(await minsu.hearsError());
  });

  it('is told to the one concerned only', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    assertRefused(await jiwoo.asks('sendMessage', { roomId: NOBODYS, content: 'lost' }));
    await minsu.hasHeardNo('message');
  });

  it('does not come with what went well', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    await minsu.says('fine');
    await minsu.hasHeardNo('message');
  });

  const attempts = {
    'a room one has not joined': async (hub, room) => {
      const stranger = await hub.person(transport).connect(room.namespace);
      return stranger.asks('sendMessage', { roomId: room.id, content: 'boo' });
    },
    'a room other than the one joined': async (hub, room) => {
      const neighbour = await hub.member(transport, await hub.room({ namespace: room.namespace }));
      return neighbour.asks('sendMessage', { roomId: room.id, content: 'boo' });
    },
    'a room of another namespace': async (hub, room) => {
      const neighbour = await hub.member(transport, await hub.room());
      return neighbour.asks('sendMessage', { roomId: room.id, content: 'boo' });
    },
    'a room one has left': async (hub, room) => {
      const leaver = await hub.member(transport, room);
      await leaver.leaves();
      return leaver.asks('sendMessage', { roomId: room.id, content: 'boo' });
    },
  };
  for (const [where, attempt] of Object.entries(attempts)) {
    it(`meets a message into ${where}: it is neither stored nor sent`, async () => {
      const room = await the.hub.room();
      const minsu = await the.hub.member(transport, room);
      assertRefused(await attempt(the.hub, room));
      await minsu.hasHeardNo('sendMessage');
      const read = assertDone((await the.hub.calls('GET', `/chat/messages/${room.id}/1/${minsu.id}`)).json);
      assert.ok(read.every((message) => message.content !== 'boo'));
    });
  }

  it('leaves the connection as it was', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    for (let n = 0; n < 10; n++) assertRefused(await minsu.asks('sendMessage', { roomId: NOBODYS, content: 'lost' }));
    await minsu.says('still here');
    await minsu.hears('still here');
  });

  it('does not meet an event the hub does not know: that is passed over', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    minsu.socket.emit('no such event', { anything: 1 });
    await minsu.says('still here');
    await minsu.hears('still here');
  });
});
