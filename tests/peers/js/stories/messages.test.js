// sendMessage: to everyone in the room, the sender included, and to nobody else.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertMessage, overEachTransport, withHub } from '../kit.js';

overEachTransport('saying something', (transport) => {
  const the = withHub();

  it('reaches everyone in the room, the sender included, as one and the same message', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    await minsu.says('안녕하세요 👋');
    const [own, others] = [await minsu.hears('안녕하세요 👋'), await jiwoo.hears('안녕하세요 👋')];
    assertMessage(own);
    assert.equal(own.roomId, room.id);
    assert.equal(own.chatter.id, minsu.id, 'the front end knows its own messages by chatter.id');
    assert.equal(own.chatter.nickname, minsu.nickname);
    assert.deepEqual(others, own);
  });

  it('reaches the other transport too', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport === 'polling' ? 'websocket' : 'polling', room);
    await minsu.says('can you hear me?');
    await jiwoo.hears('can you hear me?');
    await jiwoo.says('loud and clear');
    await minsu.hears('loud and clear');
  });

  it('does not reach another room of the same namespace', async () => {
    const [here, there] = [await the.hub.room({ namespace: 'shared' }), await the.hub.room({ namespace: 'shared' })];
    const minsu = await the.hub.member(transport, here);
    const jiwoo = await the.hub.member(transport, there);
    await minsu.says('a secret');
    await minsu.hears('a secret');
    await jiwoo.hasHeardNo('sendMessage');
  });

  it('does not reach those who are connected but have not joined', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const lurker = await the.hub.person(transport).connect(room.namespace);
    await minsu.says('just among us');
    await lurker.join(room);
    await lurker.hasHeardNo('sendMessage');
  });

  it('gives ids that grow within the hub, across rooms', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    const jiwoo = await the.hub.member(transport, await the.hub.room());
    const ids = [];
    for (let n = 0; n < 5; n++) {
      for (const person of [minsu, jiwoo]) {
        await person.says(`${n}`);
        ids.push((await person.hears(`${n}`)).id);
      }
    }
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
  });

  it('carries text as it is: markup, quotes, line breaks, Korean, emoji', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    for (const text of [
      '<script>alert(1)</script>',
      `"'\`; DROP TABLE messages; --`,
      'one\ntwo',
      '뷁 쀍',
      '🇰🇷👩‍👩‍👧',
      '\\u0000 %s {}',
    ]) {
      await minsu.says(text);
      await minsu.hears(text);
    }
  });

  it('works without an acknowledgement asked for', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    minsu.socket.emit('sendMessage', { roomId: room.id, content: 'no receipt, thank you' });
    await minsu.hears('no receipt, thank you');
  });

  it('is in the history by the time it is acknowledged', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    assertDone(await minsu.asks('sendMessage', { roomId: room.id, content: 'for the record' }));
    const page = await the.hub.page(room, 1, minsu.id);
    assert.equal(page.at(-1).content, 'for the record');
  });
});
