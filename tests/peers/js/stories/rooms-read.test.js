// GET /chat/rooms and GET /chat/rooms/{roomId}.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, assertRoom, withHub } from '../kit.js';

const NOBODYS = '00000000-0000-4000-8000-000000000000';

describe('reading rooms', () => {
  const the = withHub();

  it('lists every room that was made', async () => {
    const made = [await the.hub.room(), await the.hub.room({ password: 'opensesame' })];
    const answer = await the.hub.calls('GET', '/chat/rooms');
    assert.equal(answer.status, 200);
    const listed = assertDone(answer.json);
    for (const room of listed) assertRoom(room);
    for (const room of made) {
      const { title, namespace, isPassword } = listed.find((one) => one.id === room.id);
      assert.deepEqual(
        { title, namespace, isPassword },
        { title: room.title, namespace: room.namespace, isPassword: room.isPassword },
      );
    }
  });

  it('reads one room, with roomChatters empty', async () => {
    const made = await the.hub.room();
    const answer = await the.hub.calls('GET', `/chat/rooms/${made.id}`);
    assert.equal(answer.status, 200);
    const room = assertDone(answer.json);
    assertRoom(room);
    assert.equal(room.id, made.id);
    assert.equal(room.title, made.title);
    assert.equal(room.expiresAt, made.expiresAt);
    assert.deepEqual(room.roomChatters, []);
  });

  it('says what is newest in a room, and when somebody last said something', async () => {
    const made = await the.hub.room();
    assert.deepEqual([made.lastSeq, 'lastSaidAt' in made], [0, false]);
    const minsu = await the.hub.member('websocket', made);
    const said = await minsu.says('hello');
    const jiwoo = await the.hub.member('websocket', made);
    await minsu.hearsArrivalOf(jiwoo);
    const listed = assertDone((await the.hub.calls('GET', '/chat/rooms')).json).find((one) => one.id === made.id);
    assert.deepEqual([listed.lastSeq, listed.lastSaidAt], [said.seq + 1, said.sentAt]);
  });

  it('counts what is unread after a place, without notices', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room);
    const first = await minsu.says('first');
    await the.hub.member('polling', room);
    for (const text of ['second', 'third']) await minsu.says(text);
    const unread = async (after) => assertDone((await the.hub.calls('GET', `/api/unread?after=${after}`)).json).rooms;
    assert.deepEqual(await unread(`${room.id}:${first.seq}`), [{ roomId: room.id, unread: 2 }]);
    assert.deepEqual(await unread(`${NOBODYS}:1,${room.id}:${first.seq + 9}`), [{ roomId: room.id, unread: 0 }]);
  });

  it('refuses places that are none', async () => {
    const many = Array(21).fill(`${NOBODYS}:1`).join();
    for (const after of ['', 'x', `${NOBODYS}`, `${NOBODYS}:`, `${NOBODYS}:-1`, `${NOBODYS}:1,`, `${NOBODYS}:99999999999`, many]) {
      assertHttpError(await the.hub.calls('GET', `/api/unread?after=${after}`), 400);
    }
  });

  it('keeps roomChatters empty while people are in the room', async () => {
    const room = await the.hub.room();
    await the.hub.member('websocket', room);
    assert.deepEqual(assertDone((await the.hub.calls('GET', `/chat/rooms/${room.id}`)).json).roomChatters, []);
  });

  it('answers 404 for a room that is not there', async () => {
    assertHttpError(await the.hub.calls('GET', `/chat/rooms/${NOBODYS}`), 404);
  });

  it('puts every answer into the envelope, also for a path that is none', async () => {
    assertHttpError(await the.hub.calls('GET', '/chat/no-such-call'), 404);
  });
});
