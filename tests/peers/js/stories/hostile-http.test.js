// Wrong bodies and wrong paths on every HTTP call: an error in the envelope, nothing stored, the hub stays up.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, withHub } from '../kit.js';
import { MEGABYTE, ZALGO, nested } from '../kit/hostile.js';

describe('a wrong body', () => {
  const the = withHub();

  /** The calls that take a body; `fields` are the texts in it. */
  async function calls() {
    const room = await the.hub.room({ password: 'opensesame' });
    const minsu = the.hub.person('websocket');
    await minsu.join(room, { password: 'opensesame' });
    return {
      room,
      minsu,
      each: [
        { method: 'POST', path: '/chat/rooms', good: the.hub.roomForm(), fields: ['namespace', 'title'] },
        {
          method: 'POST',
          path: `/chat/rooms/${room.id}/access-check`,
          good: { password: 'x' },
          fields: ['password'],
          mayBeEmpty: true,
        },
        { method: 'PATCH', path: `/chat/chatters/${minsu.id}/nickname`, good: { nickname: 'x' }, fields: ['nickname'] },
      ],
    };
  }

  async function assertNothingHappens(send) {
    const { room, minsu, each } = await calls();
    const { nickname } = minsu;
    const listed = async () =>
      assertDone((await the.hub.calls('GET', '/chat/rooms')).json)
        .map((one) => one.id)
        .sort();
    const before = await listed();
    for (const call of each) await send(call);
    assert.deepEqual(await listed(), before, 'a room was made');
    await minsu.join(room);
    assert.equal(minsu.nickname, nickname, 'a name was changed');
    await minsu.says('all well');
    await minsu.hears('all well');
  }

  const wholly = {
    null: 'null',
    'a number': '7',
    'a text': '"x"',
    'an array': '[]',
    'JSON cut short': '{"title": "x"',
    'no JSON': 'title=x&namespace=y',
    'a byte order mark and nothing': '\ufeff',
    'nested 1,000 deep': nested(1000),
    'nested 100,000 deep': nested(100_000),
    'invalid UTF-8': Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
    bytes: Buffer.from([0, 1, 2, 3, 255]),
  };
  for (const [what, body] of Object.entries(wholly)) {
    it(`that is ${what} is a 400`, async () => {
      await assertNothingHappens(async ({ method, path }) => {
        assertHttpError(await the.hub.calls(method, path, { body }), 400, 413);
      });
    });
  }

  it('that is not there is a 400', async () => {
    await assertNothingHappens(async ({ method, path, mayBeEmpty }) => {
      if (mayBeEmpty) return;
      assertHttpError(await the.hub.calls(method, path), 400);
      assertHttpError(await the.hub.calls(method, path, { body: '' }), 400);
    });
  });

  /** JSON text in place of one field's value. */
  const inAField = {
    null: 'null',
    'a number': '7',
    'an array': '["x"]',
    'an object': '{"$gt":""}',
    'nested 1,000 deep': nested(1000),
    'a lone surrogate': '"\\ud800"',
    'surrogates the wrong way round': '"\\udc00\\ud800"',
    'one endless letter': JSON.stringify(ZALGO),
    'a megabyte': JSON.stringify(MEGABYTE),
  };
  for (const [what, json] of Object.entries(inAField)) {
    it(`with a field that is ${what} is a 400, or a 413 for its size`, async () => {
      await assertNothingHappens(async ({ method, path, good, fields }) => {
        for (const field of fields) {
          if (field === 'password' && json === 'null') continue; // as good as absent
          const { [field]: _, ...rest } = good;
          const body = `${JSON.stringify(rest).slice(0, -1)}${Object.keys(rest).length ? ',' : ''}"${field}":${json}}`;
          assertHttpError(await the.hub.calls(method, path, { body }), 400, 413);
        }
      });
    });
  }

  it('of many megabytes is a 413 or cut off', async () => {
    await assertNothingHappens(async ({ method, path }) => {
      const body = JSON.stringify({ title: MEGABYTE.repeat(8) });
      const answer = await the.hub.calls(method, path, { body }).catch((error) => error);
      if (!(answer instanceof Error)) assertHttpError(answer, 400, 413);
    });
  });
});

describe('a wrong path', () => {
  const the = withHub();
  const SOMEBODYS = '00000000-0000-4000-8000-000000000000';
  const strange = [
    'x',
    '0',
    '-1',
    'null',
    '%00',
    '%ff%fe',
    '%2e%2e%2f',
    '..%2f..%2fetc%2fpasswd',
    "'%20OR%201=1--",
    'a'.repeat(4000),
    '%F0%9F%91%A8',
    '%ED%A0%80',
  ];

  for (const id of strange) {
    it(`with ${id.slice(0, 30)} for an id is an error in the envelope`, async () => {
      const room = await the.hub.room();
      assertHttpError(await the.hub.calls('GET', `/chat/rooms/${id}`), 400, 404);
      assertHttpError(
        await the.hub.calls('POST', `/chat/rooms/${id}/access-check`, { body: { password: '' } }),
        400,
        404,
      );
      assertHttpError(
        await the.hub.calls('PATCH', `/chat/chatters/${id}/nickname`, { body: { nickname: 'x' } }),
        400,
        401,
        403,
        404,
      );
      for (const path of [
        `/chat/messages/${id}/1/${SOMEBODYS}`,
        `/chat/messages/${room.id}/1/${id}`,
        `/chat/messages/${room.id}/${id}/${SOMEBODYS}`,
      ]) {
        const answer = await the.hub.calls('GET', path);
        if (answer.status === 200) assert.deepEqual(assertDone(answer.json), []);
        else assertHttpError(answer, 400, 404);
      }
      for (const path of [`/chat/rooms/${id}/undefined/reentry-check`, `/chat/rooms/${room.id}/${id}/reentry-check`]) {
        const answer = await the.hub.calls('GET', path);
        if (answer.status === 200) assert.equal(assertDone(answer.json), false);
        else assertHttpError(answer, 400, 404);
      }
    });
  }

  it('with a strange page is empty or an error, for a member too', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room);
    for (const page of ['0', '-1', '1.5', '1e3', '99999999999999999999999', 'NaN', 'undefined', '%31%00']) {
      const answer = await the.hub.calls('GET', `/chat/messages/${room.id}/${page}/${minsu.id}`);
      if (answer.status === 200) assert.deepEqual(assertDone(answer.json), [], page);
      else assertHttpError(answer, 400, 404);
    }
  });
});
