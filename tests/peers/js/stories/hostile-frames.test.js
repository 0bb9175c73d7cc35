// Bytes by hand: what reaches the hub when somebody does not use a client at all.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { RawSocket, assertDone, assertRefused, overEachTransport, withHub } from '../kit.js';
import { MEGABYTE, ZALGO, nested } from '../kit/hostile.js';

/** Somebody to whom nothing may happen, in a room with somebody by hand. */
async function scene(hub) {
  const room = await hub.room();
  const minsu = await hub.member('websocket', room);
  const raw = await RawSocket.open(hub.url);
  await raw.connects(room.namespace);
  assertDone(await raw.asks(room.namespace, 'joinRoom', { roomId: room.id, chatterId: null }));
  await minsu.inbox.take('returnChatters', (roster) => roster.length === 2);
  minsu.inbox.clear();
  const before = await hub.history(room, minsu.id);
  const noHarmIsDone = async () => {
    assert.deepEqual(minsu.inbox.all('sendMessage'), []);
    const stored = (await hub.history(room, minsu.id)).filter((message) => message.type === 'MESSAGE');
    assert.deepEqual(
      stored,
      before.filter((message) => message.type === 'MESSAGE'),
    );
    await minsu.says('all well');
    await minsu.hears('all well');
    await raw.closes();
  };
  return { room, minsu, raw, noHarmIsDone };
}

describe('a frame that is JSON, though a strange one, is refused and the connection stays', () => {
  const the = withHub();
  const strange = (room) => ({
    'nested 1,000 deep': `["sendMessage",${nested(1000)}]`,
    'nested 1,000 deep inside a field': `["sendMessage",{"roomId":"${room.id}","content":${nested(1000)}}]`,
    'a lone high surrogate': `["sendMessage",{"roomId":"${room.id}","content":"\\ud800"}]`,
    'a lone low surrogate': `["sendMessage",{"roomId":"${room.id}","content":"a\\udc00b"}]`,
    'surrogates the wrong way round': `["sendMessage",{"roomId":"${room.id}","content":"\\udc00\\ud800"}]`,
    'a number beyond all numbers': `["sendMessage",{"roomId":"${room.id}","content":1e999}]`,
    'no content': `["sendMessage",{"roomId":"${room.id}"}]`,
  });

  for (const what of Object.keys(strange({ id: '' }))) {
    it(what, async () => {
      const { room, raw, noHarmIsDone } = await scene(the.hub);
      raw.sends(`42/${room.namespace},77${strange(room)[what]}`);
      assertRefused(await raw.acked(room.namespace, 77));
      await raw.gets(`42/${room.namespace},["message",`);
      assert.ok(raw.isOpen, 'the connection was lost without cause');
      await noHarmIsDone();
    });
  }
});

describe('a frame that is no packet may cost the connection, and nobody else’s', () => {
  const the = withHub();
  const packet = (room, json) => `42/${room.namespace},77${json}`;
  const bad = {
    'invalid UTF-8': (room) =>
      Buffer.concat([
        Buffer.from(packet(room, `["sendMessage",{"roomId":"${room.id}","content":"`)),
        Buffer.from([0xff, 0xfe, 0xc0]),
        Buffer.from('"}]'),
      ]),
    'half a character': (room) =>
      Buffer.concat([
        Buffer.from(packet(room, `["sendMessage",{"roomId":"${room.id}","content":"`)),
        Buffer.from('한').subarray(0, 2),
        Buffer.from('"}]'),
      ]),
    'a surrogate in UTF-8': (room) =>
      Buffer.concat([
        Buffer.from(packet(room, `["sendMessage",{"roomId":"${room.id}","content":"`)),
        Buffer.from([0xed, 0xa0, 0x80]),
        Buffer.from('"}]'),
      ]),
    'a megabyte': (room) => packet(room, `["sendMessage",{"roomId":"${room.id}","content":"${MEGABYTE}"}]`),
    'a megabyte of one letter': (room) => packet(room, `["sendMessage",{"roomId":"${room.id}","content":"${ZALGO}"}]`),
    'nested 100,000 deep': (room) => packet(room, `["sendMessage",${nested(100_000)}]`),
    'JSON cut short': (room) => packet(room, '["sendMessage",{"roomId":'),
    'no array': (room) => packet(room, '{}'),
    'an event that is no text': (room) => packet(room, '[7,{}]'),
    'an empty frame': () => '',
    'an unknown packet type': () => '49',
    'an unknown Engine.IO type': () => 'x',
    'attachments announced and never sent': (room) =>
      `451-/${room.namespace},77["sendMessage",{"_placeholder":true,"num":0}]`,
    'a thousand attachments announced': (room) =>
      `451000-/${room.namespace},77["sendMessage",{"_placeholder":true,"num":999}]`,
    'an acknowledgement nobody asked for': (room) => `43/${room.namespace},123456789[{}]`,
    'an acknowledgement number beyond all numbers': (room) =>
      `42/${room.namespace},${'9'.repeat(40)}["sendMessage",{}]`,
    'an event for a namespace not connected to': () => '42/elsewhere,1["sendMessage",{}]',
  };

  for (const [what, frame] of Object.entries(bad)) {
    it(what, async () => {
      const { room, raw, noHarmIsDone } = await scene(the.hub);
      raw.sends(frame(room));
      // Either the connection goes, or it stays usable; it does not hang in between.
      raw.sends(`42/${room.namespace},78["sendMessage",{}]`);
      const closed = raw.inbox.take('closed').then(() => null);
      const answer = await Promise.race([closed, raw.acked(room.namespace, 78).catch(() => null)]);
      if (answer) assertRefused(answer);
      closed.catch(() => {});
      await noHarmIsDone();
    });
  }

  it('bytes where there should be text', async () => {
    const { raw, noHarmIsDone } = await scene(the.hub);
    raw.sendsBinary(Buffer.from([0, 1, 2, 255]));
    await noHarmIsDone();
  });
});

overEachTransport('a client that sends a megabyte', (transport) => {
  const the = withHub();

  it('hears an error or loses its connection; others notice nothing', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const mallory = await the.hub.member(transport, room);
    mallory.inbox.clear();
    mallory.socket.emit('sendMessage', { roomId: room.id, content: MEGABYTE });
    const end = [mallory.inbox.take('message').then(JSON.parse).then(assertRefused), mallory.inbox.take('disconnect')];
    await Promise.any(end);
    for (const one of end) one.catch(() => {});
    await minsu.hasHeardNo('sendMessage');
    assert.ok((await the.hub.history(room, minsu.id)).every((message) => message.content.length <= 1000));
  });
});

describe('a polling session by hand', () => {
  const the = withHub();
  const bodies = {
    'invalid UTF-8': Buffer.from([0x34, 0xff, 0xfe, 0xc0]),
    'a megabyte': `42["sendMessage","${MEGABYTE}"]`,
    'ten megabytes': `42["sendMessage","${MEGABYTE.repeat(10)}"]`,
    nothing: '',
    'separators only': '\x1e'.repeat(1000),
    'base64 that is none': 'b!!!!',
    'nested 100,000 deep': `42["sendMessage",${nested(100_000)}]`,
  };

  for (const [what, body] of Object.entries(bodies)) {
    it(`may post ${what} without harm to others`, async () => {
      const { noHarmIsDone } = await scene(the.hub);
      const opened = await the.hub.calls('GET', '/socket.io/?EIO=4&transport=polling');
      const { sid } = JSON.parse(opened.text.slice(1));
      const answer = await the.hub
        .calls('POST', `/socket.io/?EIO=4&transport=polling&sid=${sid}`, {
          body,
          headers: { 'content-type': 'text/plain' },
        })
        .catch((error) => ({ status: error.code }));
      assert.notEqual(answer.status, 500);
      await noHarmIsDone();
    });
  }

  it('is nobody’s to take over with a made-up session', async () => {
    const { noHarmIsDone } = await scene(the.hub);
    for (const sid of ['x', '../..', 'A'.repeat(20), 'A'.repeat(5000), '%00', '%ff']) {
      const answer = await the.hub.calls('GET', `/socket.io/?EIO=4&transport=polling&sid=${sid}`);
      assert.ok(answer.status >= 400 && answer.status < 500, `${sid.slice(0, 30)}: ${answer.status}`);
    }
    await noHarmIsDone();
  });
});
