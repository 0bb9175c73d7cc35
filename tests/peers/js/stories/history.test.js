// GET /chat/messages/{roomId}/{page}/{chatterId}: pages of 20, from one's own first message on.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertMessage, overEachTransport, withHub } from '../kit.js';

const NOBODYS = '00000000-0000-4000-8000-000000000000';

overEachTransport('reading history', (transport) => {
  // Forty-five messages at once are more than a person says.
  const the = withHub({ COLAHUB_LIMITS_MESSAGES: '100/s burst 1000' });
  const contents = (page) => page.map((message) => message.content);
  const numbered = (from, to) => Array.from({ length: to - from + 1 }, (_, n) => `number ${from + n}`);

  async function roomWithTalk(count) {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    for (const content of numbered(1, count)) await minsu.says(content);
    return { room, minsu };
  }

  it('gives the newest 20 as page 1, oldest first within the page', async () => {
    const { room, minsu } = await roomWithTalk(45);
    const page = await the.hub.page(room, 1, minsu.id);
    assert.deepEqual(contents(page), numbered(26, 45));
    for (const message of page) {
      assertMessage(message);
      assert.equal(message.roomId, room.id);
    }
  });

  it('goes back page by page to one’s own join alert, and no further', async () => {
    const { room, minsu } = await roomWithTalk(45);
    assert.deepEqual(contents(await the.hub.page(room, 2, minsu.id)), numbered(6, 25));
    const [alert, ...first] = await the.hub.page(room, 3, minsu.id);
    assertMessage(alert, 'ALERT');
    assert.equal(alert.chatterId, minsu.id);
    assert.deepEqual(contents(first), numbered(1, 5));
    assert.deepEqual(await the.hub.page(room, 4, minsu.id), []);
    assert.deepEqual(await the.hub.page(room, 1_000_000, minsu.id), []);
  });

  it('shows somebody who joins later nothing from before', async () => {
    const { room, minsu } = await roomWithTalk(30);
    const jiwoo = await the.hub.member(transport, room);
    await minsu.says('after');
    const page = await the.hub.page(room, 1, jiwoo.id);
    assert.equal(page.length, 2);
    assert.equal(page[0].type, 'ALERT');
    assert.equal(page[0].chatterId, jiwoo.id);
    assert.equal(page[1].content, 'after');
    assert.deepEqual(await the.hub.page(room, 2, jiwoo.id), []);
  });

  it('shows somebody who joins later everything, where the room’s history is for all', async () => {
    const room = await the.hub.room({ history: 'all' });
    assert.equal(room.history, 'all');
    const minsu = await the.hub.member(transport, room);
    for (const content of numbered(1, 30)) await minsu.says(content);
    const jiwoo = await the.hub.member(transport, room);
    assert.equal(jiwoo.chatter.firstSeq, 1);
    const page = await the.hub.page(room, 2, jiwoo.id);
    assert.deepEqual(contents(page).slice(1), numbered(1, 11));
    assert.equal(page[0].chatterId, minsu.id);
    assert.deepEqual(await the.hub.page(room, 1, NOBODYS), [], 'who is not in the room reads nothing');
  });

  it('refuses a history that there is not, in words', async () => {
    const body = { namespace: 'n', title: 't', capacity: 2, isPassword: false, history: 'some' };
    const answer = await the.hub.calls('POST', '/chat/rooms', { body });
    assert.deepEqual([answer.status, answer.json.code], [400, 'bad_request']);
  });

  it('shows somebody who was away what was said meanwhile', async () => {
    const { room, minsu } = await roomWithTalk(1);
    const jiwoo = await the.hub.member(transport, room);
    await jiwoo.says('back soon');
    minsu.inbox.clear();
    jiwoo.disconnect();
    await minsu.hearsDepartureOf(jiwoo);
    await minsu.says('you missed this');
    await jiwoo.join(room);
    const said = (await the.hub.page(room, 1, jiwoo.id)).filter((message) => message.type === 'MESSAGE');
    assert.deepEqual(contents(said), ['back soon', 'you missed this']);
  });

  it('shows nothing of other rooms', async () => {
    const { room, minsu } = await roomWithTalk(3);
    const other = await the.hub.room();
    const jiwoo = await the.hub.member(transport, other);
    assert.deepEqual(await the.hub.page(other, 1, minsu.id), []);
    assert.deepEqual(await the.hub.page(room, 1, jiwoo.id), []);
  });

  it('names people as they are called now', async () => {
    const { room, minsu } = await roomWithTalk(1);
    assertDone(
      (await the.hub.calls('PATCH', `/chat/chatters/${minsu.id}/nickname`, { body: { nickname: '새이름' } })).json,
    );
    for (const message of await the.hub.page(room, 1, minsu.id)) assert.equal(message.chatter.nickname, '새이름');
  });

  it('is the same message that was heard', async () => {
    const { room, minsu } = await roomWithTalk(1);
    const heard = await minsu.hears('number 1');
    const [read] = (await the.hub.page(room, 1, minsu.id)).filter((message) => message.id === heard.id);
    for (const field of ['type', 'content', 'sentAt', 'roomId', 'chatterId'])
      assert.equal(read[field], heard[field], field);
  });

  it('is empty without a chatter, for `undefined`, for an unknown one, and for page `1undefined`', async () => {
    const { room, minsu } = await roomWithTalk(2);
    for (const path of [
      '1',
      '1/undefined',
      `1/${NOBODYS}`,
      '1undefined',
      `1undefined/${minsu.id}`,
      '1undefined/undefined',
    ]) {
      const answer = await the.hub.calls('GET', `/chat/messages/${room.id}/${path}`);
      assert.equal(answer.status, 200, `${path}: ${answer.text}`);
      assert.deepEqual(assertDone(answer.json), [], path);
    }
  });
});
