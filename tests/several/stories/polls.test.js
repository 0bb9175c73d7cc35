// A poll on several hubs: one vote a browser, through whichever hub, and closed on any.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Browser } from '../../peers/js/kit/browser.js';
import { until } from '../../peers/js/kit/patience.js';
import { Postgres, hubs as start } from '../kit/several.js';

describe('a poll on several hubs', () => {
  let postgres;
  let hubs;
  before(async () => {
    postgres = await Postgres.start('fsync=off');
    hubs = await start(postgres, 2, { COLAHUB_DATABASE_PATIENCE: '60s' });
  });
  after(async () => {
    await Promise.all(hubs.map((hub) => hub.stop()));
    postgres.stop();
  });

  const vote = (person, poll, options) => person.asks('votePoll', { pollId: poll.id, options });
  const votes = ({ options }) => options.map((option) => option.votes);
  const hears = (person, wanted) =>
    person.inbox.take('poll', (told) => JSON.stringify(votes(told)) === JSON.stringify(wanted));

  /** A room that both hubs know. */
  async function room() {
    const made = await hubs[0].room();
    await until('both know it', async () => (await hubs[1].calls('GET', `/chat/rooms/${made.id}`)).status === 200);
    return made;
  }

  it('counts a browser once that votes on both, and is closed on the other', async () => {
    const there = await room();
    const browser = new Browser();
    const ann = await hubs[0].member('websocket', there, { browser });
    const twin = hubs[1].person('polling', { browser });
    await twin.join(there);
    const bob = await hubs[1].member('websocket', there);
    await hubs[0].host('poll', 'add', 'Lunch?', 'soup', 'rice', '--room', there.code);
    const [poll] = await Promise.all([ann, twin, bob].map((person) => person.inbox.take('poll')));
    assert.deepEqual((await vote(ann, poll, [0])).data.voters, 1);
    const known = await twin.inbox.take('poll', ({ mine }) => mine !== undefined);
    assert.deepEqual([known.mine, known.voters], [[0], 1], 'its tab on the other hub knows');
    await hears(bob, [1, 0]);
    const again = await vote(twin, poll, [1]);
    assert.deepEqual([again.data.voters, votes(again.data)], [1, [0, 1]]);
    await vote(bob, poll, [1]);
    await hears(ann, [0, 2]);
    assert.deepEqual((await ann.refreshes()).polls[0].mine, [1], 'as it voted last, on the other hub');
    assert.deepEqual(await postgres.sql('SELECT count(*) FROM colahub.poll_votes'), ['2']);
    await hubs[1].host('poll', 'close', poll.id);
    for (const person of [ann, bob]) {
      assert.deepEqual(votes(await person.inbox.take('poll', (told) => told.isClosed)), [0, 2]);
      await person.hearsAlert('투표 결과: Lunch? (참여 2명)\n1. soup: 0\n2. rice: 2');
    }
    assert.equal((await vote(ann, poll, [0])).code, 'poll_closed');
    assert.deepEqual(await postgres.sql('SELECT count(*) FROM colahub.poll_votes'), ['0']);
    const traces = 'SELECT count(*) FROM colahub.events WHERE what = 28 AND identity IS NOT NULL';
    assert.deepEqual(await postgres.sql(traces), ['0'], 'nothing says who has voted');
  });

  it('keeps an acknowledged vote when the hub is killed', async () => {
    const there = await room();
    const browser = new Browser();
    const ann = await hubs[0].member('websocket', there, { browser });
    await hubs[0].host('poll', 'add', 'Stay?', 'yes', 'no', '--room', there.code);
    const poll = await ann.inbox.take('poll', ({ roomId }) => roomId === there.id);
    assert.equal((await vote(ann, poll, [1])).success, true);
    await hubs[0].ends('SIGKILL');
    const back = hubs[1].person('websocket', { browser });
    const { polls } = await back.join(there);
    assert.deepEqual([polls[0].mine, votes(polls[0])], [[1], [0, 1]]);
    await hubs[0].startsAgain();
    const again = hubs[0].person('websocket', { browser });
    const entry = await again.join(there);
    assert.deepEqual(entry.polls.find(({ id }) => id === poll.id).mine, [1]);
  });
});
