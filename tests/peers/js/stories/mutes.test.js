// Mutes: somebody whom the host lets read and not speak, and what the host does with names and messages.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { overEachTransport, withHub } from '../kit.js';

overEachTransport('mutes', (transport) => {
  const the = withHub();

  /** Two people in a room. */
  async function talk() {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    return { room, minsu, jiwoo };
  }

  const say = (person, content, key) => person.asks('sendMessage', { roomId: person.room.id, content, ...(key && { key }) });

  it('silence a browser, tell it so, and end when the host says', async () => {
    const { room, minsu, jiwoo } = await talk();
    const before = (await say(minsu, 'before', 'k')).data;
    await the.hub.host('chatter', 'mute', minsu.id, '--minutes', '5');
    const { until } = await minsu.inbox.take('muted');
    assert.ok(Date.parse(until) > 0, until);
    for (const [event, payload] of [
      ['sendMessage', { content: 'rude' }],
      ['sendMessage', { content: 'rude', key: 'j' }],
      ['sendAlert', { content: 'rude' }],
      ['react', { seq: before.seq, emoji: '👍', on: true }],
    ]) {
      const answer = await minsu.asks(event, { roomId: room.id, ...payload });
      assert.deepEqual([answer.success, answer.code], [false, 'muted'], event);
      assert.ok(answer.retryAfter > 0 && answer.retryAfter <= 300, `${answer.retryAfter}`);
    }
    assert.equal((await say(minsu, 'before', 'k')).data.id, before.id, 'stored before the mute');
    minsu.socket.emit('typing', { roomId: room.id, isTyping: true });
    await jiwoo.says('still there?');
    await minsu.hears('still there?');
    assert.equal((await minsu.asks('takeBack', { roomId: room.id, seq: before.seq })).success, true);
    assert.equal((await jiwoo.inbox.take('messageTakenBack')).seq, before.seq);
    for (const event of ['typing', 'muted', 'unmuted', 'reactions']) await jiwoo.hasHeardNo(event);
    const back = await minsu.refreshes();
    assert.deepEqual(back.muted, { until });
    assert.equal((await jiwoo.refreshes()).muted, undefined);
    await the.hub.host('chatter', 'unmute', minsu.id);
    assert.deepEqual(await minsu.inbox.take('unmuted'), {});
    await minsu.says('thank you');
    await jiwoo.hears('thank you');
  });

  it('concern every room and every name of a browser, and outlive the hub', async () => {
    const [one, two] = [await the.hub.room(), await the.hub.room()];
    const token = (await the.hub.calls('POST', '/api/identity')).json.data.token;
    const options = { auth: { token } };
    const here = await the.hub.member(transport, one, options);
    const there = await the.hub.member(transport, two, options);
    assert.notEqual(here.id, there.id);
    await the.hub.host('chatter', 'mute', here.id);
    for (const person of [here, there]) {
      assert.deepEqual(await person.inbox.take('muted'), { until: null });
      const answer = await say(person, 'rude');
      assert.deepEqual([answer.code, answer.retryAfter], ['muted', undefined]);
    }
    await the.hub.ends('SIGKILL');
    await the.hub.startsAgain();
    const back = the.hub.person(transport, options);
    assert.deepEqual((await back.join(two)).muted, { until: null });
    assert.equal((await say(back, 'rude')).code, 'muted');
    const list = JSON.parse(await the.hub.host('chatter', 'list', '--muted', '--json'));
    assert.deepEqual(list.filter((mute) => mute.id === here.id).map((mute) => mute.until), [null]);
    await the.hub.host('chatter', 'unmute', there.id);
    await back.inbox.take('unmuted');
    await back.says('again');
  });

  it('are of no help to somebody else’s browser: names and messages are the host’s to mend', async () => {
    const { room, minsu, jiwoo } = await talk();
    const was = minsu.nickname;
    await the.hub.host('chatter', 'rename', minsu.id, 'Calm Fox');
    for (const person of [minsu, jiwoo]) {
      const { alert } = await person.inbox.take('sendAlert', (one) => one.alert?.kind === 'renamed');
      assert.deepEqual([alert.was, alert.now], [was, 'Calm Fox']);
    }
    await assert.rejects(the.hub.host('chatter', 'rename', jiwoo.id, 'calm fox'), /this name or one that looks like it/);
    const said = [];
    for (const word of ['one', 'two', 'three']) said.push(await minsu.says(word));
    await jiwoo.says('mine');
    assert.match(await the.hub.host('message', 'delete', '--by', minsu.id, '--last', '2'), /2 messages/);
    const taken = [await jiwoo.inbox.take('messageTakenBack'), await jiwoo.inbox.take('messageTakenBack')];
    assert.deepEqual(taken.map((one) => one.seq).sort(), said.slice(1).map((one) => one.seq).sort());
    assert.match(await the.hub.host('message', 'delete', '--by', minsu.id), /1 message is/);
    assert.equal((await jiwoo.inbox.take('messageTakenBack')).seq, said[0].seq);
    const kept = await the.hub.history(room, jiwoo.id);
    assert.ok(kept.some((message) => message.content === 'mine'));
  });
});
