// The ladder of a room: slow, members, reading only. Held however a message comes, and told to everybody.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as elapsed } from 'node:timers/promises';
import { assertDone, assertRefused, overEachTransport, until, withHub } from '../kit.js';

const sends = (person, content, more = {}) =>
  person.asks('sendMessage', { roomId: person.room.id, content, ...more });

/** Asserts that a message was refused by this code. */
const assertHeld = (answer, code) => {
  assertRefused(answer);
  assert.equal(answer.code, code, JSON.stringify(answer));
};

overEachTransport('a slow room', (transport) => {
  const the = withHub();
  const sets = (room, ...words) => the.hub.host('room', 'mode', room.code, ...words);

  it('takes one message a person and says when the next can come', async () => {
    const room = await the.hub.room();
    const [minsu, jiwoo] = [await the.hub.member(transport, room), await the.hub.member(transport, room)];
    await sets(room, 'slow', '--every', '3600');
    for (const person of [minsu, jiwoo]) {
      assert.deepEqual(await person.inbox.take('roomMode'), { roomId: room.id, mode: 'slow', every: 3600 });
    }
    const said = assertDone(await sends(minsu, 'once', { key: 'k' }));
    const second = await sends(minsu, 'twice');
    assertHeld(second, 'slow_mode');
    assert.ok(second.retryAfter > 3000 && second.retryAfter <= 3600, String(second.retryAfter));
    assert.equal((await minsu.hearsError()).code, 'slow_mode');
    assertHeld(await minsu.asks('sendAlert', { roomId: room.id, content: 'waves' }), 'slow_mode');
    assert.equal(assertDone(await sends(minsu, 'once', { key: 'k' })).id, said.id, 'a key is answered as ever');
    assertDone(await sends(jiwoo, 'each for themselves'));
  });

  it('counts on through a reload, another connection, another name and a killed hub', async () => {
    const room = await the.hub.room();
    const { token } = assertDone((await the.hub.calls('POST', '/api/identity')).json);
    const minsu = the.hub.person(transport, { auth: { token } });
    await minsu.join(room);
    await sets(room, 'slow', '--every', '3600');
    assertDone(await sends(minsu, 'once'));
    await minsu.refreshes();
    assert.deepEqual([minsu.chatter.room.mode, minsu.chatter.room.every], ['slow', 3600]);
    assertHeld(await sends(minsu, 'after a reload'), 'slow_mode');
    const tab = the.hub.person(transport, { auth: { token } });
    await tab.join(room);
    assertHeld(await sends(tab, 'in another tab'), 'slow_mode');
    assertDone(await minsu.asks('renameChatter', { roomId: room.id, nickname: 'another' }));
    assertHeld(await sends(minsu, 'under another name'), 'slow_mode');
    await the.hub.ends('SIGKILL');
    await the.hub.startsAgain();
    await minsu.join(room);
    assertHeld(await sends(minsu, 'after a restart'), 'slow_mode');
    await sets(room, 'open');
    const open = await minsu.inbox.take('roomMode', ({ mode }) => mode === 'open');
    assert.deepEqual(open, { roomId: room.id, mode: 'open' });
    assertDone(await sends(minsu, 'at last'));
  });

  it('takes the next message once the time has passed that it said', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    await sets(room, 'slow', '--every', '2');
    assertDone(await sends(minsu, 'once'));
    const second = await sends(minsu, 'twice');
    assertHeld(second, 'slow_mode');
    await elapsed(second.retryAfter * 1000);
    assertDone(await sends(minsu, 'twice'));
  });

  it('counts a message from just before', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    assertDone(await sends(minsu, 'before'));
    await sets(room, 'slow');
    assertHeld(await sends(minsu, 'after'), 'slow_mode');
  });
});

overEachTransport('a room for reading', (transport) => {
  const the = withHub();
  const sets = (room, ...words) => the.hub.host('room', 'mode', room.code, ...words);

  it('takes no messages, and lets people in, read, react and take back', async () => {
    const room = await the.hub.room({ history: 'all' });
    const minsu = await the.hub.member(transport, room);
    const said = assertDone(await sends(minsu, 'before', { key: 'k' }));
    await sets(room, 'read_only');
    assert.equal((await minsu.inbox.take('roomMode')).mode, 'read_only');
    const held = await sends(minsu, 'after');
    assertHeld(held, 'room_read_only');
    assert.ok(!('retryAfter' in held));
    assertHeld(await minsu.asks('sendAlert', { roomId: room.id, content: 'waves' }), 'room_read_only');
    assert.equal(assertDone(await sends(minsu, 'before', { key: 'k' })).id, said.id, 'a key is answered as ever');
    const jiwoo = the.hub.person(transport);
    const joined = await jiwoo.join(room);
    assert.equal(joined.room.mode, 'read_only');
    assert.equal(joined.room.isShut, false);
    await minsu.hearsArrivalOf(jiwoo);
    assertDone(await jiwoo.asks('react', { roomId: room.id, seq: said.seq, emoji: '👍', on: true }));
    assertHeld(await sends(jiwoo, 'a newcomer'), 'room_read_only');
    assertDone(await minsu.asks('takeBack', { roomId: room.id, seq: said.seq }));
    await the.hub.ends('SIGKILL');
    await the.hub.startsAgain();
    await minsu.join(room);
    assertHeld(await sends(minsu, 'after a restart'), 'room_read_only');
    const texts = (await the.hub.history(room, minsu.id)).filter((message) => message.type === 'MESSAGE');
    assert.deepEqual(texts.map((message) => message.content), ['']);
  });

  it('says when people write again, if it is set for a time', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    await sets(room, 'read_only', '--for', '15m');
    const held = await sends(minsu, 'wait');
    assertHeld(held, 'room_read_only');
    assert.ok(held.retryAfter > 600 && held.retryAfter <= 900, String(held.retryAfter));
    assert.equal((await minsu.hearsError()).retryAfter, held.retryAfter);
    await sets(room, 'read_only');
    assert.ok(!('retryAfter' in (await sends(minsu, 'no end'))));
  });
});

/** What the host does in the middle of a talk: the code of the refusals from then on, and whether they say when it is over. */
const CHANGES = [
  ['reading only', ['room', 'mode', 'CODE', 'read_only'], 'room_read_only', false],
  ['reading only for a time', ['room', 'mode', 'CODE', 'read_only', '--for', '15m'], 'room_read_only', true],
  ['slow mode', ['room', 'mode', 'CODE', 'slow', '--every', '3600'], 'slow_mode', true],
  ['members only, by how long they have been here', ['room', 'mode', 'CODE', 'members', '--here-for', '60'], 'too_new', true],
  ['a mute', ['chatter', 'mute', 'ID', '--minutes', '60'], 'muted', true],
  ['a mute without an end', ['chatter', 'mute', 'ID'], 'muted', false],
];

overEachTransport('in the middle of a talk', (transport) => {
  const the = withHub({ COLAHUB_LIMITS_PROFILE: 'off' });

  for (const [name, words, code, isTimed] of CHANGES) {
    it(`${name} holds from its answer on, and nothing is lost`, async () => {
      const room = await the.hub.room();
      const people = await Promise.all(Array.from({ length: 4 }, () => the.hub.member(transport, room)));
      const concerned = words[0] === 'chatter' ? people.slice(0, 1) : people;
      // In the order in which each was sent: whether the change was answered before, and the answer.
      const talks = people.map(() => []);
      let [isChanged, isOver] = [false, false];
      const talking = people.map(async (person, who) => {
        for (let n = 0; !isOver; n++) {
          const sent = { content: `${who} says ${n}`, isLate: isChanged };
          talks[who].push(sent);
          sent.answer = await sends(person, sent.content);
        }
      });
      const acked = () => talks.flat().filter(({ answer }) => answer?.success);
      await until('all have been heard', () => talks.every((sent) => sent.filter(({ answer }) => answer?.success).length > 4));
      const bind = { CODE: room.code, ID: people[0].id };
      await the.hub.host(...words.map((word) => bind[word] ?? word));
      isChanged = true;
      const late = (who) => talks[who].filter(({ isLate, answer }) => isLate && answer);
      await until('all have tried since', () => people.every((_, who) => late(who).length > 2));
      isOver = true;
      await Promise.all(talking);

      for (const [who] of concerned.entries()) {
        for (const { content, answer } of late(who)) assert.ok(!answer.success, `${content} was sent after the change`);
      }
      for (const who of people.keys()) {
        if (who < concerned.length) continue;
        assert.ok(talks[who].every(({ answer }) => answer.success), 'whom it does not concern');
      }
      for (const { answer } of talks.flat().filter((one) => !one.answer.success)) {
        assert.equal(answer.code, code, JSON.stringify(answer));
        assert.equal(answer.retryAfter > 0, isTimed, JSON.stringify(answer));
      }
      const told = acked().map(({ content }) => content);
      const stored = (await the.hub.history(room, people[0].id)).filter(({ type }) => type === 'MESSAGE');
      assert.deepEqual(stored.map(({ content }) => content).sort(), told.sort());
    });
  }
});

describe('the ladder', () => {
  const the = withHub();
  const listed = async (room) =>
    JSON.parse(await the.hub.host('room', 'list', '--json')).find((one) => one.id === room.id);

  it('is what older clients and commands know as a shut room', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room);
    await the.hub.host('room', 'mode', room.code, 'members');
    assert.equal((await minsu.inbox.take('roomShut')).isShut, true);
    assert.equal((await minsu.inbox.take('roomMode')).mode, 'members');
    const stranger = await the.hub.person('websocket').connect(room.namespace);
    assertHeld(await stranger.asks('joinRoom', { roomId: room.id, chatterId: null }), 'shut');
    await the.hub.host('room', 'unlock', room.code);
    assert.equal((await minsu.inbox.take('roomShut')).isShut, false);
    assert.equal((await minsu.inbox.take('roomMode')).mode, 'open');
    await the.hub.host('room', 'lock', room.code);
    assert.equal((await minsu.inbox.take('roomMode')).mode, 'members');
    const { mode, isShut, every, modeUntil } = await listed(room);
    assert.deepEqual({ mode, isShut, every, modeUntil }, { mode: 'members', isShut: true, every: null, modeUntil: null });
  });

  it('can be climbed for a time, and says until when', async () => {
    const room = await the.hub.room();
    await the.hub.host('room', 'mode', room.code, 'slow', '--for', '15m');
    const { mode, every, modeUntil } = await listed(room);
    assert.deepEqual([mode, every], ['slow', 30]);
    const left = Date.parse(modeUntil) - Date.now();
    assert.ok(left > 10 * 60_000 && left <= 15 * 60_000, modeUntil);
    assert.match(await the.hub.host('room', 'list'), /slow: a message in 30 s, until /);
    assert.match(await the.hub.host('log'), /room mode {2}\w+ ".*" slow 30s for 15m/);
  });

  it('takes only rungs that it has, and says which', async () => {
    const room = await the.hub.room();
    for (const words of [['quiet'], ['slow', '--every', '0'], ['slow', '--every', '3601'], ['slow', '--for', '90s'], ['ended', '--for', '5m']]) {
      await assert.rejects(the.hub.host('room', 'mode', room.code, ...words), words.join(' '));
    }
    await assert.rejects(the.hub.host('room', 'mode', 'ZZZZZZ', 'slow'), /there is no room ZZZZZZ/);
    assert.equal((await listed(room)).mode, 'open');
  });

  it('is set for all rooms at once, up to their end', async () => {
    const rooms = [await the.hub.room(), await the.hub.room()];
    const people = await Promise.all(rooms.map((room) => the.hub.member('websocket', room)));
    await the.hub.host('room', 'mode', '--all', 'open');
    assert.match(await the.hub.host('room', 'mode', '--all', 'read_only'), /^\d+ rooms: nobody writes/);
    for (const person of people) {
      assert.equal((await person.inbox.take('roomMode', ({ mode }) => mode === 'read_only')).mode, 'read_only');
      assertHeld(await sends(person, 'x'), 'room_read_only');
    }
    await the.hub.host('room', 'mode', rooms[0].code, 'ended');
    assert.equal((await people[0].inbox.take('roomClosed')).reason, 'closed');
    await the.hub.host('room', 'mode', '--all', 'ended');
    assert.equal((await people[1].inbox.take('roomClosed')).reason, 'closed');
  });
});
