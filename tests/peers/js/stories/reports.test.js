// Reports: a message that somebody tells the host of, and nobody else.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { overEachTransport, withHub } from '../kit.js';

overEachTransport('reporting', (transport) => {
  const the = withHub();

  /** Two people in a room, in which one has said something. */
  async function talk() {
    const room = await the.hub.room({ history: 'all' });
    const minsu = await the.hub.member(transport, room);
    const said = await minsu.says('You are all fools');
    const jiwoo = await the.hub.member(transport, room);
    return { room, minsu, jiwoo, said };
  }

  const report = (person, seq, reason) => person.asks('report', { roomId: person.room.id, seq, reason });

  /** The reports of a room, as the host lists them. */
  async function listed(room, ...flags) {
    const all = JSON.parse(await the.hub.host('report', 'list', '--json', ...flags));
    return all.filter((one) => one.room === room.id);
  }

  it('reaches the host, once, and nobody else, and is kept', async () => {
    const { room, minsu, jiwoo, said } = await talk();
    const done = await report(jiwoo, said.seq, ' rude ');
    assert.deepEqual([done.success, done.data], [true, null]);
    assert.equal((await report(jiwoo, said.seq, 'once more')).success, true);
    const [one, ...more] = await listed(room);
    assert.deepEqual(more, []);
    const { id, at, ...rest } = one;
    assert.ok(id > 0 && !Number.isNaN(Date.parse(at)));
    assert.deepEqual(rest, {
      doneAt: null,
      by: jiwoo.id,
      byNickname: jiwoo.nickname,
      reason: 'rude',
      room: room.id,
      code: room.code,
      seq: said.seq,
      chatter: minsu.id,
      nickname: minsu.nickname,
      content: said.content,
      takenBack: false,
    });
    await minsu.hasHeardNo('report');
    await the.hub.ends('SIGKILL');
    await the.hub.startsAgain();
    assert.deepEqual(await listed(room), [one], 'what was acknowledged is there');
    assert.match(await the.hub.host('status'), /^Reports /m);
    assert.match(await the.hub.host('report', 'list'), /You are all fools/);
    assert.match(await the.hub.host('report', 'done', `${id}`), /is done/);
    assert.deepEqual(await listed(room), []);
    const [kept] = await listed(room, '--all');
    assert.ok(Date.parse(kept.doneAt) >= Date.parse(at));
    await assert.rejects(the.hub.host('report', 'done', '999999'), /there is no report 999999/);
  });

  it('refuses what is no report, and reports of what is not there or of oneself', async () => {
    const { room, minsu, jiwoo, said } = await talk();
    for (const [seq, reason] of [
      [undefined, 'x'],
      [0, 'x'],
      ['2', 'x'],
      [1.5, 'x'],
      [said.seq, 7],
      [said.seq, ['x']],
      [said.seq, 'a\u0000b'],
      [said.seq, `e${'\u0301'.repeat(40)}`],
    ]) {
      assert.equal((await report(jiwoo, seq, reason)).code, 'bad_request', `${seq} ${reason}`);
    }
    assert.equal((await report(jiwoo, said.seq, '가'.repeat(201))).code, 'too_long');
    assert.equal((await report(minsu, said.seq)).code, 'bad_request', 'their own');
    for (const seq of [1, 99]) assert.equal((await report(jiwoo, seq)).code, 'no_such_message', `${seq}`);
    assert.equal((await jiwoo.asks('report')).code, 'bad_request');
    const stranger = the.hub.person(transport);
    await stranger.connect(room.namespace);
    stranger.room = room;
    assert.equal((await report(stranger, said.seq)).code, 'not_joined');
    assert.deepEqual(await listed(room, '--all'), [], 'nothing was stored');
  });

  it('is not possible for what one may not read, or what was taken back', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const before = await minsu.says('before you came');
    const jiwoo = await the.hub.member(transport, room);
    assert.equal((await report(jiwoo, before.seq)).code, 'no_such_message');
    const slip = await minsu.says('a slip');
    assert.equal((await report(jiwoo, slip.seq, '')).success, true);
    await minsu.asks('takeBack', { roomId: room.id, seq: slip.seq });
    assert.equal((await report(jiwoo, slip.seq)).success, true, 'sent again');
    const [one] = await listed(room);
    assert.deepEqual([one.content, one.takenBack, one.reason], ['', true, null]);
    const late = await the.hub.member(transport, room);
    assert.equal((await report(late, slip.seq)).code, 'no_such_message');
    await the.hub.host('room', 'delete', room.id);
    assert.deepEqual(await listed(room, '--all'), [], 'gone with the room');
  });
});

overEachTransport('the pace of reports', (transport) => {
  const the = withHub({ COLAHUB_LIMITS_REPORTS: '1/h burst 2' });

  it('is a limit of its own, and says when to try again', async () => {
    const room = await the.hub.room({ history: 'all' });
    const minsu = await the.hub.member(transport, room);
    const said = [];
    for (const word of ['one', 'two', 'three']) said.push(await minsu.says(word));
    const jiwoo = await the.hub.member(transport, room);
    const answers = [];
    for (const { seq } of said) answers.push(await jiwoo.asks('report', { roomId: room.id, seq }));
    assert.deepEqual(answers.map((answer) => answer.code), [undefined, undefined, 'too_fast']);
    assert.ok(answers[2].retryAfter > 0);
    await jiwoo.says('and I can talk on');
  });
});
