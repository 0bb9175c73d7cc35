// SIGTERM and SIGINT: everybody is told, everything is kept, and it is over within 5 s.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { Hub, RawSocket, assertDone, overEachTransport } from '../kit.js';

const LIMIT = 5000;

/** A story with a hub that it may end. */
function story(name, tell) {
  it(name, async () => {
    const hub = await Hub.start({ COLAHUB_LIMITS_PROFILE: 'off' });
    try {
      await tell(hub);
    } finally {
      await hub.stop();
    }
  });
}

overEachTransport('the end of a hub', (transport) => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    story(`by ${signal} is orderly: clients are disconnected, and it exits 0 within 5 s`, async (hub) => {
      const room = await hub.room();
      const minsu = await hub.member(transport, room);
      await minsu.says('last words');
      const { code, took } = await hub.ends(signal);
      assert.equal(code, 0, hub.log);
      assert.ok(took < LIMIT, `it took ${took} ms`);
      await minsu.inbox.take('disconnect');
    });
  }

  story('keeps what was acknowledged, and who everybody is', async (hub) => {
    const room = await hub.room({ password: 'opensesame' });
    const minsu = hub.person(transport);
    await minsu.join(room, { password: 'opensesame' });
    const before = minsu.id;
    for (let n = 0; n < 30; n++) await minsu.says(`number ${n}`);
    await hub.ends();
    await hub.startsAgain();
    await minsu.join(room);
    assert.equal(minsu.id, before);
    const said = (await hub.history(room, minsu.id)).filter((message) => message.type === 'MESSAGE');
    assert.deepEqual(
      said.map((message) => message.content),
      Array.from({ length: 30 }, (_, n) => `number ${n}`),
    );
    const [listed] = assertDone((await hub.calls('GET', '/chat/rooms')).json).filter((one) => one.id === room.id);
    assert.equal(listed.title, room.title);
    // Two hubs, or one and the database, estimate it by clocks of their own.
    assert.ok(Math.abs(Date.parse(listed.expiresAt) - Date.parse(room.expiresAt)) <= 1_000, listed.expiresAt);
    assert.equal(listed.isPassword, true);
  });

  story('starts again without a second first room', async (hub) => {
    const count = async () => assertDone((await hub.calls('GET', '/chat/rooms')).json).length;
    const before = await count();
    await hub.ends();
    await hub.startsAgain();
    assert.equal(await count(), before);
  });
});

story('a client that does not read cannot hold up the end', async (hub) => {
  const room = await hub.room();
  const minsu = await hub.member('websocket', room);
  const deaf = await RawSocket.open(hub.url);
  await deaf.connects(room.namespace);
  assertDone(await deaf.asks(room.namespace, 'joinRoom', { roomId: room.id, chatterId: null }));
  deaf.stopsReading();
  // More than the kernel's buffers hold, so that the hub stands before a full connection.
  await minsu.saysAll(Array.from({ length: 3000 }, () => '가'.repeat(1000)));
  const { code, took } = await hub.ends();
  assert.equal(code, 0, hub.log);
  assert.ok(took < LIMIT, `it took ${took} ms`);
  await deaf.closes();
});

story('a second signal ends it at once', async (hub) => {
  await hub.member('websocket', await hub.room());
  hub.process.kill('SIGTERM');
  const { took } = await hub.ends('SIGINT');
  assert.ok(took < LIMIT, `it took ${took} ms`);
});
