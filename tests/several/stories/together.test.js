// People on several hubs are one chat.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as elapsed } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Postgres, hubs as start } from '../kit/several.js';
import { until } from '../../peers/js/kit/patience.js';

const run = promisify(execFile);

describe('people on several hubs', () => {
  let postgres;
  let hubs;
  before(async () => {
    postgres = await Postgres.start('fsync=off');
    hubs = await start(postgres, 3, { COLAHUB_DATABASE_PATIENCE: '60s' });
  });
  after(async () => {
    await Promise.all(hubs.map((hub) => hub.stop()));
    postgres.stop();
  });

  /** A room that all hubs know. */
  const room = async (fields) => {
    const made = await hubs[0].room(fields);
    for (const hub of hubs) {
      await until('the hub knows the room', async () => (await hub.calls('GET', `/chat/rooms/${made.id}`)).status === 200);
    }
    return made;
  };
  const command = (hub, ...words) =>
    run(process.env.COLAHUB_BIN, [...words, '--data-dir', join(hub.directory, 'data')]);

  it('hear one another, and are on one roster', async () => {
    const there = await room();
    const [ann, bob] = [await hubs[0].member('websocket', there), hubs[1].person('polling')];
    await bob.join(there);
    await ann.hearsArrivalOf(bob);
    await ann.seesPresent(ann, bob);
    await bob.seesPresent(ann, bob);
    await ann.says('from one');
    await bob.hears('from one');
    await bob.says('from two');
    assert.equal((await ann.hears('from two')).seq, (await bob.hears('from two')).seq);
    bob.disconnect();
    await ann.hearsDepartureOf(bob);
    await ann.seesPresent(ann);
  });

  it('see who is typing elsewhere', async () => {
    const there = await room();
    const [ann, bob] = [await hubs[0].member('websocket', there), await hubs[1].member('websocket', there)];
    await ann.hearsArrivalOf(bob);
    bob.socket.emit('typing', { roomId: there.id, isTyping: true });
    const typing = await ann.inbox.take('typing');
    assert.deepEqual([typing.chatterId, typing.isTyping], [bob.id, true]);
  });

  it('share the places of a room: of twenty who ask at once for one, one gets it', async () => {
    const small = await room({ capacity: 1 });
    const all = Array.from({ length: 20 }, (_, n) => hubs[n % 3].person('websocket'));
    await Promise.all(all.map((person) => person.connect(small.namespace)));
    const answers = await Promise.all(all.map((person) => person.asks('joinRoom', { roomId: small.id, chatterId: null })));
    assert.equal(answers.filter((answer) => answer.success).length, 1);
  });

  it('do not get names that look alike, though they ask at once on two hubs', async () => {
    const there = await room();
    const [ann, bob] = [await hubs[0].member('websocket', there), await hubs[1].member('websocket', there)];
    await ann.hearsArrivalOf(bob);
    const asks = (person, nickname) => person.asks('renameChatter', { roomId: there.id, nickname });
    const answers = await Promise.all([asks(ann, 'Ian'), asks(bob, 'lan')]);
    assert.equal(answers.filter((answer) => answer.success).length, 1, JSON.stringify(answers));
  });

  it('keep who they are, and a passed password, wherever they then go', async () => {
    const locked = await room({ password: 'secret' });
    const { json } = await hubs[0].calls('POST', '/api/identity');
    const auth = { token: json.data.token };
    const headers = { authorization: `Bearer ${auth.token}` };
    const check = await hubs[0].calls('POST', `/chat/rooms/${locked.id}/access-check`, { body: { password: 'secret' }, headers });
    assert.equal(check.json.data, true, check.text);
    const there = hubs[2].person('websocket', { auth });
    await there.join(locked);
    const again = hubs[1].person('websocket', { auth });
    await again.join(locked);
    assert.equal(again.id, there.id);
  });

  it('are kicked, banned, shut out and taken back from any hub’s command line', async () => {
    const there = await room();
    const [ann, bob] = [await hubs[0].member('websocket', there), await hubs[1].member('websocket', there)];
    await ann.hearsArrivalOf(bob);
    const said = await bob.says('a slip');
    await ann.hears('a slip');
    await command(hubs[2], 'message', 'delete', there.code, String(said.seq));
    for (const person of [ann, bob]) assert.equal((await person.inbox.take('messageTakenBack')).seq, said.seq);
    await command(hubs[2], 'room', 'lock', there.code);
    for (const person of [ann, bob]) assert.equal((await person.inbox.take('roomShut')).isShut, true);
    await command(hubs[2], 'room', 'history', there.code, 'all');
    for (const person of [ann, bob]) assert.equal((await person.inbox.take('roomHistory')).history, 'all');
    await command(hubs[2], 'room', 'edit', there.code, '--title', 'night');
    for (const person of [ann, bob]) assert.equal((await person.inbox.take('roomEdited')).title, 'night');
    await command(hubs[2], 'chatter', 'kick', bob.id);
    assert.equal((await bob.inbox.take('roomClosed')).reason, 'kicked');
    await ann.hearsDepartureOf(bob);
    await bob.join(there);
    await ann.hearsArrivalOf(bob);
    await command(hubs[2], 'chatter', 'ban', bob.id);
    assert.equal((await bob.inbox.take('roomClosed')).reason, 'banned');
    const back = await bob.asks('joinRoom', { roomId: there.id, chatterId: bob.id });
    assert.equal(back.success, false);
    await command(hubs[0], 'room', 'close', there.code);
    assert.equal((await ann.inbox.take('roomClosed')).reason, 'closed');
  });

  it('are slowed down and silenced by any hub, on all at once', async () => {
    const there = await room();
    const { json } = await hubs[0].calls('POST', '/api/identity');
    const auth = { token: json.data.token };
    const [here, elsewhere] = [hubs[0].person('websocket', { auth }), hubs[1].person('polling', { auth })];
    await here.join(there);
    await elsewhere.join(there);
    const bob = await hubs[2].member('websocket', there);
    const says = (person, content, key) => person.asks('sendMessage', { roomId: there.id, content, ...(key && { key }) });
    await command(hubs[2], 'room', 'mode', there.code, 'slow', '--every', '3600');
    for (const person of [here, elsewhere, bob]) {
      assert.deepEqual(await person.inbox.take('roomMode'), { roomId: there.id, mode: 'slow', every: 3600 });
    }
    // One browser on two hubs is one person.
    const answers = await Promise.all([says(here, 'one', 'a'), says(elsewhere, 'two', 'b')]);
    assert.deepEqual(answers.map((answer) => answer.code ?? 'said').sort(), ['said', 'slow_mode']);
    assert.ok(answers.find((answer) => answer.code).retryAfter > 3000);
    const [first, second] = answers[0].success ? [here, elsewhere] : [elsewhere, here];
    const key = first === here ? 'a' : 'b';
    assert.equal((await says(second, 'again', key)).success, true, 'a key is answered as ever, by any hub');
    assert.equal((await says(bob, 'each for themselves')).success, true);
    await command(hubs[1], 'room', 'mode', there.code, 'read_only');
    for (const person of [here, elsewhere, bob]) {
      // From the commit on, whether the hub has heard of it or not.
      assert.equal((await says(person, 'x')).code, 'room_read_only');
      assert.equal((await person.inbox.take('roomMode')).mode, 'read_only');
    }
    await hubs[2].ends('SIGKILL');
    await hubs[2].startsAgain();
    await bob.join(there);
    assert.equal(bob.chatter.room.mode, 'read_only');
    assert.equal((await says(bob, 'x')).code, 'room_read_only');
    await command(hubs[2], 'room', 'mode', '--all', 'open');
    for (const person of [here, elsewhere]) assert.equal((await person.inbox.take('roomMode')).mode, 'open');
    assert.equal((await says(bob, 'at last')).success, true);
    for (const person of [here, elsewhere, bob]) person.disconnect();
  });

  it('are muted, renamed and taken back at once from any hub’s command line, in all rooms', async () => {
    const [there, elsewhere] = [await room(), await room()];
    const { json } = await hubs[0].calls('POST', '/api/identity');
    const options = { auth: { token: json.data.token } };
    const ann = await hubs[0].member('websocket', there);
    const bob = await hubs[1].member('websocket', there, options);
    const also = await hubs[0].member('polling', elsewhere, options);
    await ann.hearsArrivalOf(bob);
    await bob.says('before');
    await ann.hears('before');
    await command(hubs[2], 'chatter', 'mute', bob.id, '--minutes', '60');
    for (const person of [bob, also]) {
      const { until } = await person.inbox.take('muted');
      assert.ok(Date.parse(until) > Date.now(), until);
      const answer = await person.asks('sendMessage', { roomId: person.room.id, content: 'rude' });
      assert.equal(answer.code, 'muted', JSON.stringify(answer));
      assert.ok(answer.retryAfter > 3_000 && answer.retryAfter <= 3_600, `${answer.retryAfter}`);
    }
    // A hub that starts later knows it, too.
    await hubs[2].ends('SIGKILL');
    await hubs[2].startsAgain();
    const third = hubs[2].person('websocket', options);
    assert.ok((await third.join(elsewhere)).muted.until);
    await command(hubs[2], 'message', 'delete', '--by', bob.id);
    await ann.inbox.take('messageTakenBack');
    await command(hubs[2], 'chatter', 'unmute', also.id);
    for (const person of [bob, also, third]) await person.inbox.take('unmuted');
    await bob.says('and on');
    await ann.hears('and on');
    await command(hubs[2], 'chatter', 'rename', bob.id, 'Robert');
    for (const person of [ann, bob]) {
      await person.inbox.take('sendAlert', (alert) => alert.alert?.kind === 'renamed' && alert.alert.now === 'Robert');
    }
    await ann.inbox.take('returnChatters', (roster) => roster.some((one) => one.id === bob.id && one.nickname === 'Robert'));
    bob.disconnect();
    await until('bob is among those who have left', async () => {
      const { stdout } = await command(hubs[0], 'chatter', 'list', '--recent', '--json');
      return JSON.parse(stdout).some((one) => one.id === bob.id && !one.isPresent && one.leftAt);
    });
  });

  it('vote for a question once each, though they vote on two hubs at once, and any hub’s host marks it', async () => {
    const there = await room({ history: 'all' });
    const ann = await hubs[0].member('websocket', there);
    const ask = { roomId: there.id, content: 'when is lunch?', question: true };
    const { seq } = (await ann.asks('sendMessage', ask)).data;
    const { json } = await hubs[0].calls('POST', '/api/identity');
    const auth = { token: json.data.token };
    const [here, elsewhere] = [hubs[1].person('websocket', { auth }), hubs[2].person('polling', { auth })];
    await here.join(there);
    await elsewhere.join(there);
    const vote = { roomId: there.id, seq, on: true };
    // One browser on two hubs is one person.
    for (const { data } of await Promise.all([here, elsewhere].map((person) => person.asks('vote', vote)))) {
      assert.deepEqual(data.question, { votes: 1, mine: true, answered: false });
    }
    const bob = await hubs[2].member('websocket', there);
    await bob.asks('vote', vote);
    for (const person of [ann, here, elsewhere, bob]) await person.inbox.take('reactions', (told) => told.question?.votes === 2);
    await command(hubs[1], 'question', 'answered', there.code, `${seq}`);
    for (const person of [ann, here, elsewhere, bob]) await person.inbox.take('reactions', (told) => told.question?.answered);
    const headers = { authorization: `Bearer ${auth.token}` };
    for (const hub of hubs) {
      const listed = (await hub.calls('GET', `/api/rooms/${there.id}/questions`, { headers })).json.data;
      assert.deepEqual(listed.messages.map(({ question }) => question), [{ votes: 2, mine: true, answered: true }]);
    }
    for (const person of [ann, here, elsewhere, bob]) person.disconnect();
  });

  it('are banned by their address from any hub’s command line, for a while', async () => {
    const there = await room();
    const bob = await hubs[1].member('websocket', there);
    await until('the hub knows that bob is here', async () => (await command(hubs[2], 'chatter', 'list')).stdout.includes(bob.id));
    await command(hubs[2], 'chatter', 'ban', bob.id, '--address-for', '1h');
    assert.equal((await bob.inbox.take('roomClosed')).reason, 'banned');
    // An emptied browser is somebody new, at the same address.
    const emptied = hubs[0].person('websocket');
    await emptied.connect(there.namespace);
    const back = await emptied.asks('joinRoom', { roomId: there.id, chatterId: null });
    assert.equal(back.success, false, JSON.stringify(back));
    assert.equal(back.code, 'banned');
    await command(hubs[0], 'chatter', 'unban', bob.id);
    await emptied.join(there);
    bob.disconnect();
    emptied.disconnect();
  });

  it('are silently there again after their hub has ended, on another', async () => {
    const there = await room();
    const [ann, bob] = [await hubs[0].member('websocket', there), await hubs[1].member('websocket', there)];
    await ann.hearsArrivalOf(bob);
    await hubs[1].ends('SIGKILL');
    bob.disconnect();
    bob.url = hubs[2].url;
    await bob.join(there);
    await ann.hasHeardNo('sendAlert');
    await hubs[1].startsAgain();
  });

  it('are told of in the host’s status', async () => {
    // A hub that was killed counts until it has given no sign of life for some seconds.
    await until('three are told of', async () => (await command(hubs[0], 'status')).stdout.includes('3 hubs share it'));
    const { json } = await hubs[0].calls('GET', '/api/hub');
    assert.deepEqual(json.data.shared.hubs.map((hub) => hub.name).sort(), ['cola-1', 'cola-2', 'cola-3']);
  });

  it('are warned of a hub whose settings differ, until they are alike', async () => {
    const lines = async () => (await command(hubs[0], 'status')).stdout;
    assert.ok(!(await lines()).includes('set otherwise'), await lines());
    const [other] = await start(postgres, 1, { COLAHUB_NAME: 'cola-9', COLAHUB_ROOMS_LIMIT: '7' });
    await until('the host is told', async () => /cola-9, .*set otherwise than here, and to be set alike: rooms.limit/.test(await lines()));
    assert.match(hubs[0].log, /the hub cola-9 has other settings than this one \(rooms.limit\)/);
    await other.stop();
    await until('nothing differs any more', async () => !(await lines()).includes('set otherwise'));
  });

  it('wait while PostgreSQL is away, and the hub says that it is not ready', async () => {
    const there = await room();
    const ann = await hubs[0].member('websocket', there);
    await postgres.crash();
    await until('not ready', async () => (await hubs[0].calls('GET', '/readyz')).status === 503);
    const said = ann.says('in the dark');
    // Longer than a hub may give no sign of life: while PostgreSQL is away none can, and none is declared dead.
    await elapsed(6_000);
    await postgres.up();
    assert.equal((await said).content, 'in the dark');
    for (const hub of hubs) await until('ready', async () => (await hub.calls('GET', '/readyz')).status === 200);
    await ann.says('and on');
    for (const hub of hubs) assert.doesNotMatch(hub.log, /declared dead/);
  });
});
