// Rooms with a password: who gets in, and by which proof.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, assertRefused, overEachTransport, withHub } from '../kit.js';

const PASSWORD = '열려라참깨';
const NOBODYS = '00000000-0000-4000-8000-000000000000';
/** Addresses that no other story here comes from: an access grant by address must not leak from one story into another. */
let last = 1;
const anAddress = () => `127.0.7.${++last}`;

describe('access-check', () => {
  const the = withHub();
  const check = (room, body) => the.hub.calls('POST', `/chat/rooms/${room.id}/access-check`, { body });

  it('is true for an open room, with the front end’s empty password and without any', async () => {
    const room = await the.hub.room();
    for (const body of [{ password: '' }, {}]) {
      const answer = await check(room, body);
      assert.equal(answer.status, 200);
      assert.equal(assertDone(answer.json), true);
    }
  });

  it('is true for the right password and false, not an error, for a wrong one', async () => {
    const room = await the.hub.room({ password: PASSWORD });
    assert.equal(assertDone((await check(room, { password: PASSWORD })).json), true);
    for (const password of ['wrong', '', `${PASSWORD} `, PASSWORD.slice(1)]) {
      const answer = await check(room, { password });
      assert.equal(answer.status, 200);
      assert.equal(assertDone(answer.json), false, password);
    }
  });

  it('takes a password however its letters are composed', async () => {
    const room = await the.hub.room({ password: PASSWORD.normalize('NFC') });
    assert.equal(assertDone((await check(room, { password: PASSWORD.normalize('NFD') })).json), true);
  });

  it('is 404 for a room that is not there', async () => {
    assertHttpError(await check({ id: NOBODYS }, { password: '' }), 404);
  });

  it('is 404 with a message for a full room', async () => {
    const room = await the.hub.room({ capacity: 2 });
    await the.hub.member('websocket', room);
    assert.equal(assertDone((await check(room, { password: '' })).json), true);
    await the.hub.member('websocket', room);
    assertHttpError(await check(room, { password: '' }), 404);
  });

  it('is 400 for a password that is no text', async () => {
    const room = await the.hub.room({ password: PASSWORD });
    for (const password of [7, true, {}, [PASSWORD]]) assertHttpError(await check(room, { password }), 400);
  });
});

overEachTransport('a locked room', (transport) => {
  const the = withHub();
  const locked = () => the.hub.room({ password: PASSWORD });
  const check = (room, password, options) =>
    the.hub.calls('POST', `/chat/rooms/${room.id}/access-check`, { body: { password }, ...options });
  const tries = async (person, room, more = {}) => {
    if (!person.socket?.connected) await person.connect(room.namespace);
    return person.asks('joinRoom', { roomId: room.id, chatterId: null, ...more });
  };

  it('cannot be joined without a password, nor with a wrong one', async () => {
    const room = await locked();
    const owner = the.hub.person(transport, { address: anAddress() });
    await owner.join(room, { password: PASSWORD });
    await owner.hearsArrivalOf(owner);
    await owner.seesPresent(owner);
    const stranger = the.hub.person(transport, { address: anAddress() });
    for (const more of [{}, { password: '' }, { password: 'wrong' }, { password: null }, { chatterId: owner.id }]) {
      assertRefused(await tries(stranger, room, more));
      assertRefused(await stranger.hearsError());
    }
    await owner.hasHeardNo('sendAlert');
    await owner.hasHeardNo('returnChatters');
  });

  it('can be joined with the password in the payload', async () => {
    const room = await locked();
    const minsu = the.hub.person(transport, { address: anAddress() });
    assertDone(await tries(minsu, room, { password: PASSWORD }));
  });

  it('can be joined after a passed access-check from the same address', async () => {
    const room = await locked();
    const [here, elsewhere] = [anAddress(), anAddress()];
    assert.equal(assertDone((await check(room, PASSWORD, { from: here })).json), true);
    assertRefused(await tries(the.hub.person(transport, { address: elsewhere }), room));
    assertDone(await tries(the.hub.person(transport, { address: here }), room));
  });

  it('stays shut after a failed access-check', async () => {
    const room = await locked();
    const address = anAddress();
    assert.equal(assertDone((await check(room, 'wrong', { from: address })).json), false);
    assertRefused(await tries(the.hub.person(transport, { address }), room));
  });

  it('stays shut after an access-check passed for another room', async () => {
    const [room, other] = [await locked(), await locked()];
    const address = anAddress();
    assert.equal(assertDone((await check(other, PASSWORD, { from: address })).json), true);
    assertRefused(await tries(the.hub.person(transport, { address }), room));
  });

  it('opens to the identity that passed the check, and not to its neighbours at the same address', async () => {
    const room = await locked();
    const address = anAddress();
    const token = assertDone((await the.hub.calls('POST', '/api/identity')).json).token;
    const headers = { authorization: `Bearer ${token}` };
    assert.equal(assertDone((await check(room, PASSWORD, { from: address, headers })).json), true);
    assertRefused(await tries(the.hub.person(transport, { address }), room));
    assertDone(await tries(the.hub.person(transport, { address: anAddress(), auth: { token } }), room));
  });

  it('lets members back in without the password', async () => {
    const room = await locked();
    const address = anAddress();
    const minsu = the.hub.person(transport, { address });
    await minsu.join(room, { password: PASSWORD });
    const before = minsu.id;
    await minsu.refreshes();
    assert.equal(minsu.id, before);
    minsu.disconnect();
    await the.hub.graceSecondPasses();
    await minsu.join(room);
    assert.equal(minsu.id, before);
  });

  it('cannot be read from outside, by any route', async () => {
    const room = await locked();
    const owner = the.hub.person(transport, { address: anAddress() });
    await owner.join(room, { password: PASSWORD });
    await owner.says('only for us');
    const stranger = anAddress();
    for (const path of [
      `/chat/rooms/${room.id}`,
      '/chat/rooms',
      `/chat/messages/${room.id}/1`,
      `/chat/messages/${room.id}/1/${owner.id}`,
      `/api/rooms/${room.id}/messages?after=0`,
      `/api/rooms/${room.id}/chatters?page=1`,
    ]) {
      const answer = await the.hub.calls('GET', path, { from: stranger });
      assert.doesNotMatch(answer.text, /only for us/, path);
      assert.ok(!answer.text.includes(owner.nickname), `${path} names who is inside`);
    }
    const lurker = await the.hub.person(transport, { address: stranger }).connect(room.namespace);
    assertRefused(await lurker.asks('returnChatters', { roomId: room.id }));
    assertRefused(await lurker.asks('sendMessage', { roomId: room.id, content: 'let me in' }));
    await owner.says('still only for us');
    assertRefused(await lurker.asks('returnChatters', { roomId: room.id }));
    for (const event of ['sendMessage', 'sendAlert', 'returnChatters']) assert.deepEqual(lurker.inbox.all(event), []);
  });
});
