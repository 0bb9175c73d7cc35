// A host's key is known to all hubs, and so is what was done with it.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { Postgres, hubs as start } from '../kit/several.js';
import { until } from '../../peers/js/kit/patience.js';

describe('a host of several hubs', () => {
  let postgres;
  let one;
  let two;
  let key;
  let number = 0;
  before(async () => {
    postgres = await Postgres.start('fsync=off');
    [one, two] = await start(postgres, 2, { COLAHUB_DATABASE_PATIENCE: '60s' });
    const [, id, secret] = /\/host#([\w-]+)\.([\w-]+)/.exec(await one.host('host', 'add', 'stage'));
    key = { id, secret: Buffer.from(secret, 'base64url') };
  });
  after(async () => {
    await Promise.all([one, two].map((hub) => hub.stop()));
    postgres.stop();
  });

  /** A signed request, as somebody who listens has it. */
  function signed(method, path, fields) {
    const body = fields === undefined ? '' : JSON.stringify(fields);
    const n = (number += 1);
    const hash = createHash('sha256').update(body).digest('hex');
    const text = `${method}\n/api/host/${path}\n${n}\n${hash}`;
    const mac = createHmac('sha256', key.secret).update(text).digest('base64url');
    return { method, path: `/api/host/${path}`, body, authorization: `ColaHub-Host id=${key.id}, seq=${n}, mac=${mac}` };
  }
  const send = async (hub, { method, path, body, authorization }) =>
    (await hub.calls(method, path, { headers: { authorization }, ...(body && { body }) })).json;
  const acts = async (hub, ...request) => {
    const answer = await send(hub, signed(...request));
    assert.ok(answer.success, JSON.stringify(answer));
    return answer.data;
  };

  it('sets no time: the clock of the database that the hubs share gives it', async () => {
    const { clock } = await acts(one, 'GET', 'overview');
    assert.deepEqual([clock.isShared, clock.isHosts], [true, false]);
    for (const hub of [one, two]) {
      const refused = await send(hub, signed('POST', 'clock', { now: Date.now() + 90 * 86_400_000 }));
      assert.deepEqual([refused.success, refused.code], [false, 'clock_shared'], JSON.stringify(refused));
    }
    await assert.rejects(one.host('clock', 'set', '2030-01-01T00:00Z'), /The clock of the database that hubs share/);
    const forgotten = await acts(two, 'DELETE', 'clock');
    assert.deepEqual([forgotten.isShared, forgotten.isHosts], [true, false]);
  });

  it('acts through one with a key that was made on another, and people on both see it', async () => {
    const room = await one.room();
    await until('the other knows the room', async () => (await two.calls('GET', `/chat/rooms/${room.id}`)).status === 200);
    const [ann, bob] = [await one.member('websocket', room), await two.member('websocket', room)];
    await ann.hearsArrivalOf(bob);
    const { id } = await acts(two, 'POST', 'announcements', { text: 'lunch' });
    for (const person of [ann, bob]) assert.equal((await person.inbox.take('announcement')).id, id);
    await acts(one, 'DELETE', `announcements/${id}`);
    for (const person of [ann, bob]) assert.equal((await person.inbox.take('announcementGone')).id, id);
    const seq = await acts(two, 'POST', `rooms/${room.id}/say`, { content: 'welcome', key: 'k' });
    assert.equal(await acts(one, 'POST', `rooms/${room.id}/say`, { content: 'welcome', key: 'k' }), seq, 'said once');
    await acts(one, 'POST', `rooms/${room.id}/mode`, { mode: 'members', hereFor: 10 });
    for (const person of [ann, bob]) assert.equal((await person.inbox.take('roomMode')).hereFor, 10);
    const late = await bob.asks('sendMessage', { roomId: room.id, content: 'hi' });
    assert.deepEqual([late.code, late.retryAfter > 500], ['too_new', true]);
    await acts(two, 'POST', `rooms/${room.id}/mode`, { mode: 'open' });
    await acts(one, 'POST', `chatters/${bob.id}/rename`, { nickname: 'Robert' });
    const own = await bob.asks('renameChatter', { roomId: room.id, nickname: 'Bob' });
    assert.equal(own.code, 'name_held', JSON.stringify(own));
    const { 0: last } = await acts(two, 'GET', 'log');
    assert.deepEqual([last.deed, last.by], ['chatter rename', 'stage']);
  });

  it('applies an event file on one, and the other shows it', async () => {
    const about = async (hub) => (await hub.calls('GET', '/api/hub')).json.data;
    const file = [
      'title = "여름 캠프"',
      'language = "en"',
      '[[rooms]]',
      'title = "둘째"',
      '[[rooms]]',
      'title = "첫째"',
      'mode = "slow"',
      '[[announcements]]',
      'text = "환영합니다"',
    ].join('\n');
    const { steps } = await acts(one, 'POST', 'event', { file });
    assert.deepEqual(steps.map(({ change, error }) => [change, error]).flat().filter(Boolean), [
      'title',
      'language',
      'room-create',
      'room-create',
      'announce',
    ]);
    // Its last step.
    await until('the other has the announcement', async () => (await about(two)).announcements.length > 0);
    const { name, language, announcements } = await about(two);
    assert.deepEqual([name, language, announcements.at(-1).text], ['여름 캠프', 'en', '환영합니다']);
    const rooms = (await acts(two, 'GET', 'rooms')).filter(({ position }) => position > 0);
    assert.deepEqual(rooms.map(({ title, position, mode }) => [title, position, mode]), [
      ['둘째', 1, 'open'],
      ['첫째', 2, 'slow'],
    ]);
    const again = await acts(two, 'POST', 'event', { file });
    assert.deepEqual(again.steps, [], 'nothing is missing there');
    await acts(two, 'POST', 'event', { file: 'title = ""\nlanguage = ""' });
    await until('the first is called as configured', async () => (await about(one)).name === 'cola-1');
    assert.equal((await about(two)).name, 'cola-2');
  });

  it('is replayed on none, and locked out of all at once', async () => {
    const heard = signed('GET', 'overview');
    assert.ok((await send(one, heard)).success);
    for (const hub of [two, one]) assert.equal((await send(hub, heard)).code, 'replayed');
    await two.host('host', 'revoke', 'stage');
    for (const hub of [one, two]) assert.equal((await send(hub, signed('GET', 'overview'))).code, 'bad_signature');
  });
});
