// Polls: the host asks, each browser has one vote, and nobody sees more than they may.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { overEachTransport, withHub } from '../kit.js';

overEachTransport('polls', (transport) => {
  const the = withHub();

  /** Two people in a room of which the host asks something. */
  async function asked(...options) {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    await the.hub.host('poll', 'add', 'Lunch?', 'soup', 'rice', '--room', room.code, ...options);
    const [poll] = await Promise.all([minsu, jiwoo].map((person) => person.inbox.take('poll')));
    return { room, minsu, jiwoo, poll };
  }

  const vote = (person, poll, options) => person.asks('votePoll', { pollId: poll.id, options });
  const votes = ({ options }) => options.map((option) => option.votes);

  /** The polls of a room, as somebody sees them over HTTP. */
  const listed = async (person, room) =>
    (await the.hub.calls('GET', `/api/rooms/${room.id}/polls`, { headers: { cookie: person.browser.cookie } })).json;

  /** Waits until somebody has heard of a poll with these votes. */
  const hears = (person, wanted) =>
    person.inbox.take('poll', (told) => JSON.stringify(votes(told)) === JSON.stringify(wanted));

  it('count each browser once, by a retry, a changed mind and after coming back', async () => {
    const { room, minsu, jiwoo, poll } = await asked();
    assert.deepEqual([poll.question, poll.roomId, poll.isClosed, poll.closesAt], ['Lunch?', room.id, false, null]);
    assert.equal('mine' in poll, false, 'told to many');
    for (const person of [minsu, jiwoo]) await person.hearsAlert('투표: Lunch?\n1. soup\n2. rice\n하나를 고를 수 있습니다.');
    const first = await vote(minsu, poll, [0]);
    assert.deepEqual([votes(first.data), first.data.mine, first.data.voters], [[1, 0], [0], 1]);
    await hears(jiwoo, [1, 0]);
    assert.deepEqual(votes((await vote(minsu, poll, [0])).data), [1, 0], 'twice is once');
    await vote(jiwoo, poll, [0]);
    assert.deepEqual(votes((await vote(minsu, poll, [1])).data), [1, 1]);
    const back = await minsu.refreshes();
    assert.deepEqual([back.polls[0].mine, votes(back.polls[0])], [[1], [1, 1]]);
    assert.deepEqual((await vote(minsu, poll, [])).data.mine, []);
    assert.equal((await vote(minsu, poll, [1])).data.voters, 2);
    await the.hub.host('poll', 'close', poll.id);
    for (const person of [minsu, jiwoo]) {
      const closed = await person.inbox.take('poll', (told) => told.isClosed);
      assert.deepEqual([votes(closed), typeof closed.closedAt], [[1, 1], 'string']);
      await person.hearsAlert('투표 결과: Lunch? (참여 2명)\n1. soup: 1\n2. rice: 1');
    }
    assert.equal((await vote(jiwoo, poll, [1])).code, 'poll_closed');
    assert.deepEqual((await jiwoo.refreshes()).polls, []);
    const { data } = await listed(jiwoo, room);
    assert.deepEqual(data.polls.map((one) => [one.id, one.isClosed, one.mine]), [[poll.id, true, []]], 'nobody knows who');
  });

  it('show the votes after voting, or at the end, to those who may see them', async () => {
    const after = await asked('--results', 'after-voting');
    assert.deepEqual(votes(after.poll), [null, null]);
    assert.deepEqual(votes((await vote(after.minsu, after.poll, [1])).data), [0, 1]);
    const told = await after.jiwoo.inbox.take('poll', ({ voters }) => voters === 1);
    assert.deepEqual(votes(told), [null, null]);
    const end = await asked('--results', 'at-end', '--multiple', '--minutes', '5');
    assert.ok(Date.parse(end.poll.closesAt) > 0);
    const answer = await vote(end.minsu, end.poll, [0, 1]);
    assert.deepEqual([votes(answer.data), answer.data.mine], [[null, null], [0, 1]]);
    const [line] = JSON.parse(await the.hub.host('poll', 'list', '--json')).filter(({ id }) => id === end.poll.id);
    assert.deepEqual(line.options.map((option) => option.votes), [1, 1], 'the host sees the counts');
    assert.equal(JSON.stringify(line).includes(end.minsu.id), false, 'and nobody behind them');
    await the.hub.host('poll', 'close', end.poll.id);
    assert.deepEqual(votes(await end.jiwoo.inbox.take('poll', (one) => one.isClosed)), [1, 1]);
  });

  it('refuse what does not fit, and whoever is not there', async () => {
    const { minsu, poll } = await asked();
    for (const options of [[2], [0, 1], [0, 0], [-1], ['0'], 0, null, undefined]) {
      const answer = await vote(minsu, poll, options);
      assert.deepEqual([answer.success, answer.code], [false, 'bad_request'], JSON.stringify(options));
    }
    for (const pollId of [undefined, 'x', 7]) {
      assert.equal((await minsu.asks('votePoll', { pollId, options: [0] })).code, 'bad_request');
    }
    const nowhere = { id: '11111111-1111-4111-8111-111111111111' };
    assert.equal((await vote(minsu, nowhere, [0])).code, 'no_such_poll');
    const stranger = await the.hub.member(transport, await the.hub.room());
    assert.equal((await vote(stranger, poll, [0])).code, 'not_joined');
    assert.equal((await listed(stranger, minsu.room)).code, 'not_joined');
  });

  it('let somebody vote whom the host has muted', async () => {
    const { minsu, poll } = await asked();
    await the.hub.host('chatter', 'mute', minsu.id);
    assert.equal((await vote(minsu, poll, [0])).success, true);
  });

  it('to all rooms count a browser once, in whichever rooms it is', async () => {
    const [one, other] = [await the.hub.room(), await the.hub.room()];
    const minsu = await the.hub.member(transport, one);
    const jiwoo = await the.hub.member(transport, other);
    const twin = await the.hub.member(transport, other, { browser: minsu.browser });
    await the.hub.host('poll', 'add', 'Stay?', 'yes', 'no');
    const poll = await minsu.inbox.take('poll', ({ roomId }) => roomId === null);
    assert.equal((await vote(minsu, poll, [0])).data.voters, 1);
    const here = await twin.inbox.take('poll', ({ mine }) => mine !== undefined);
    assert.deepEqual(here.mine, [0], 'its other tab knows');
    assert.equal((await vote(twin, poll, [1])).data.voters, 1);
    assert.deepEqual(votes((await vote(jiwoo, poll, [1])).data), [0, 2]);
    await the.hub.host('poll', 'close', poll.id);
    for (const person of [minsu, jiwoo]) await person.inbox.take('poll', (told) => told.isClosed && told.id === poll.id);
  });
});
