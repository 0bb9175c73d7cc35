// POST /chat/rooms: what a room is made of, and what is not a room.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, assertRoom, withHub } from '../kit.js';

describe('making a room', () => {
  const the = withHub();
  const make = (body) => the.hub.calls('POST', '/chat/rooms', { body });

  it('answers 201 with the room', async () => {
    const form = the.hub.roomForm({ namespace: 'anonymous', title: '점심 뭐 먹지', capacity: 4 });
    const answer = await make(form);
    assert.equal(answer.status, 201);
    assert.match(answer.headers['content-type'], /^application\/json/);
    const room = assertDone(answer.json);
    assertRoom(room);
    assert.equal(room.title, '점심 뭐 먹지');
    assert.equal(room.namespace, 'anonymous');
    assert.equal(room.capacity, 4);
    assert.equal(room.isPassword, false);
    assert.equal(room.isExpired, false);
  });

  it('lets a room live one day', async () => {
    const room = await the.hub.room();
    assert.equal(Date.parse(room.expiresAt) - Date.parse(room.createdAt), 24 * 60 * 60 * 1000);
  });

  it('takes every capacity the front end offers, and 0 for no limit', async () => {
    for (const capacity of [0, 2, 4, 8, 16]) {
      assert.equal((await the.hub.room({ capacity })).capacity, capacity);
    }
  });

  it('allows many rooms in one namespace, even under one title', async () => {
    const twin = { namespace: 'twins', title: 'Twin' };
    assert.notEqual((await the.hub.room(twin)).id, (await the.hub.room(twin)).id);
  });

  it('takes an open room without any password field', async () => {
    const { password, ...form } = the.hub.roomForm();
    assertRoom(assertDone((await make(form)).json));
  });

  it('marks a locked room and never sends its password or a hash of it', async () => {
    const made = await make(the.hub.roomForm({ isPassword: true, password: 'opensesame' }));
    const room = assertDone(made.json);
    assert.equal(room.isPassword, true);
    const read = await the.hub.calls('GET', `/chat/rooms/${room.id}`);
    const listed = await the.hub.calls('GET', '/chat/rooms');
    for (const answer of [made, read, listed]) assert.doesNotMatch(answer.text, /opensesame|argon2|hash/i);
  });

  it('refuses isPassword without a password', async () => {
    for (const password of ['', undefined]) {
      assertHttpError(await make(the.hub.roomForm({ isPassword: true, password })), 400);
    }
  });

  it('refuses a password without isPassword', async () => {
    assertHttpError(await make(the.hub.roomForm({ isPassword: false, password: 'opensesame' })), 400);
  });

  for (const field of ['namespace', 'title', 'capacity', 'isPassword']) {
    it(`refuses a room without ${field}`, async () => {
      assertHttpError(await make(the.hub.roomForm({ [field]: undefined })), 400);
    });
  }

  const wrong = {
    namespace: [null, 7, '', 'with,comma', 'x'.repeat(65), 'line\nbreak', {}, ['a']],
    title: [null, 7, {}, ['a'], true],
    capacity: [null, -1, 2.5, '4', 1e300, [], {}, true],
    isPassword: [null, 'false', 0, {}],
    password: [7, {}, ['a'], true],
  };
  for (const [field, values] of Object.entries(wrong)) {
    it(`refuses a room whose ${field} is wrong, and makes none`, async () => {
      const before = assertDone((await the.hub.calls('GET', '/chat/rooms')).json).length;
      for (const value of values) {
        assertHttpError(await make({ ...the.hub.roomForm(), [field]: value }), 400);
      }
      assert.equal(assertDone((await the.hub.calls('GET', '/chat/rooms')).json).length, before);
    });
  }
});
