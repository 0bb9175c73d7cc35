// Searching a room, and reading around a place.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { withHub } from '../kit.js';

describe('searching a room', () => {
  const the = withHub({ COLAHUB_LIMITS_MESSAGES: '100/s burst 1000' });

  /** Somebody with a token, who has said so many things, of which every tenth is about coffee. */
  async function talk(count) {
    const token = (await the.hub.calls('POST', '/api/identity')).json.data.token;
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room, { auth: { token } });
    for (let n = 1; n <= count; n++) await minsu.says(n % 10 === 0 ? `Coffee ${n}` : `number ${n}`);
    const asks = async (path, headers = { authorization: `Bearer ${token}` }) =>
      the.hub.calls('GET', `/api/rooms/${room.id}/${path}`, { headers });
    return { room, minsu, asks };
  }

  const contents = (answer) => answer.json.data.messages.map((message) => message.content);

  it('finds what was said, newest first, page by page', async () => {
    const { asks } = await talk(45);
    const first = await asks('search?q=coffee&limit=3');
    assert.equal(first.status, 200, first.text);
    assert.deepEqual(contents(first), ['Coffee 40', 'Coffee 30', 'Coffee 20']);
    const { more, before, isEarly } = first.json.data;
    assert.deepEqual([more, isEarly], [true, false]);
    const rest = await asks(`search?q=coffee&limit=3&before=${before}`);
    assert.deepEqual(contents(rest), ['Coffee 10']);
    assert.deepEqual([rest.json.data.more, rest.json.data.before], [false, null]);
    assert.deepEqual(contents(await asks(`search?q=${encodeURIComponent('없는 말')}`)), []);
  });

  it('refuses nothing, too much, and who is not in the room', async () => {
    const { room, asks } = await talk(1);
    for (const query of ['', '?q=', '?q=%20', `?q=${'x'.repeat(101)}`, '?q=x&before=y', '?q=x&limit=-1']) {
      const answer = await asks(`search${query}`);
      assert.deepEqual([answer.status, answer.json.code], [400, 'bad_request'], query);
    }
    assert.equal((await asks('search?q=x', {})).json.code, 'not_joined');
    const token = (await the.hub.calls('POST', '/api/identity')).json.data.token;
    const stranger = await asks('search?q=x', { authorization: `Bearer ${token}` });
    assert.equal(stranger.json.code, 'not_joined', room.id);
  });

  it('reads around a place', async () => {
    const { asks } = await talk(30);
    const seqs = async (query) => (await asks(`messages?${query}`)).json.data.messages.map((message) => message.seq);
    assert.deepEqual(await seqs('around=15&limit=6'), [13, 14, 15, 16, 17, 18]);
    assert.deepEqual(await seqs('around=15&limit=1'), [15]);
    assert.deepEqual(await seqs('around=2&limit=6'), [1, 2, 3, 4, 5]);
    assert.deepEqual(await seqs('around=9999999&limit=6'), [29, 30, 31]);
    assert.equal((await asks('messages?around=15&limit=6')).json.data.more, true);
    assert.equal((await asks('messages?around=2&after=1')).status, 400);
  });
});
