// Any string a room may carry is a namespace.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertRefused, overEachTransport, until, withHub } from '../kit.js';

const NAMES = {
  'the front end’s own': 'anonymous',
  'a Korean one': '점심시간',
  'one with slashes': 'school/class-3/group/7',
  'one with spaces': 'coffee corner',
  'one of emoji': '🥤👩‍👩‍👧',
  'one of digits': '42',
  'one of the hub’s own paths': 'socket.io',
  'one that looks like a path upwards': '../etc/passwd',
  'one that is percent-encoded': '%ED%95%9C',
  'one with quotes and braces': '"\'`{}<>',
  'one as long as may be': 'n'.repeat(64),
};

overEachTransport('a namespace', (transport) => {
  const the = withHub();

  for (const [what, namespace] of Object.entries(NAMES)) {
    it(`may be ${what}`, async () => {
      const room = await the.hub.room({ namespace });
      assert.equal(room.namespace, namespace);
      const minsu = await the.hub.member(transport, room);
      const jiwoo = await the.hub.member(transport, room);
      await minsu.says(`in ${namespace}`);
      await jiwoo.hears(`in ${namespace}`);
    });
  }

  it('without a room may be connected to, and offers nothing', async () => {
    const minsu = await the.hub.person(transport).connect('nobody was here before');
    const room = await the.hub.room();
    assertRefused(await minsu.asks('joinRoom', { roomId: room.id, chatterId: null }));
  });

  it('may be connected to before its room is made', async () => {
    const minsu = await the.hub.person(transport).connect('early bird');
    const room = await the.hub.room({ namespace: 'early bird' });
    await minsu.join(room);
    await minsu.says('first');
    await minsu.hears('first');
  });

  it('is not its neighbour: names are compared letter by letter', async () => {
    const [small, large] = [await the.hub.room({ namespace: 'Cola' }), await the.hub.room({ namespace: 'cola' })];
    const minsu = await the.hub.member(transport, small);
    const jiwoo = await the.hub.person(transport).connect(large.namespace);
    assertRefused(await jiwoo.asks('joinRoom', { roomId: small.id, chatterId: null }));
    await minsu.hasHeardNo('message');
  });

  it('is gone with its last socket, and can be had again', async () => {
    for (let n = 0; n < 20; n++) {
      const minsu = await the.hub.person(transport).connect('revolving door');
      minsu.disconnect();
    }
    const room = await the.hub.room({ namespace: 'revolving door' });
    const minsu = await the.hub.member(transport, room);
    await minsu.says('in');
    await minsu.hears('in');
  });

  it('that others leave stays for those who are in it', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    for (let n = 0; n < 5; n++) {
      const passerBy = await the.hub.person(transport).connect(room.namespace);
      passerBy.disconnect();
    }
    await minsu.says('still in');
    await minsu.hears('still in');
  });

  it('has no room if this client could not connect to it, and can be entered if it has one', async () => {
    const signs = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'].map((sign) => `a${sign}b`);
    for (const namespace of [...signs, '[a]', 'a]b[c']) {
      const answer = await the.hub.calls('POST', '/chat/rooms', { body: the.hub.roomForm({ namespace }) });
      if (/[,?#[\]]/.test(namespace)) {
        assert.equal(answer.status, 400, namespace);
        continue;
      }
      assert.equal(answer.status, 201, namespace);
      const minsu = await the.hub.member(transport, answer.json.data);
      minsu.disconnect();
    }
  });

  it('is named in the log when somebody connects and when they go', async () => {
    const name = `logged-${transport}`;
    const lines = () => the.hub.log.split('\n').filter((line) => line.includes(name)).length;
    const minsu = await the.hub.person(transport).connect(name);
    await until('the connect is logged', () => lines() >= 1);
    const before = lines();
    minsu.disconnect();
    await until('the disconnect is logged', () => lines() > before);
  });
});
