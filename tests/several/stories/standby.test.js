// PostgreSQL's primary is lost, and a standby takes its place.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Postgres, hubs as start } from '../kit/several.js';
import { Roamer } from '../kit/roamer.js';
import { isWhole, knowAll } from '../kit/whole.js';
import { untilCount } from '../../peers/js/kit/patience.js';

/** Two hubs on a primary and a standby, and people who talk. */
async function begins(primary, standby) {
  const both = { url: `host=${primary.folder},${standby.folder} user=postgres dbname=chat target_session_attrs=read-write` };
  const hubs = await start(both, 2, { COLAHUB_DATABASE_PATIENCE: '30s' });
  const rooms = [await hubs[0].room({ namespace: 'standby', capacity: 0 })];
  await untilCount('all hubs know the room', () => knowAll(hubs, rooms), hubs.length);
  const people = Array.from({ length: 12 }, (_, n) => new Roamer(`p${n}`, () => hubs[n % 2].url, rooms[0], { pause: 200 }));
  for (const person of people) await person.begin();
  const said = () => people.reduce((sum, person) => sum + person.acknowledged.size, 0);
  await untilCount('they talk', said, 40);
  return { hubs, rooms, people, said };
}

async function settle(people) {
  await Promise.all(people.map((person) => person.quiet()));
  await Promise.all(people.map((person) => person.settles()));
}

test('a synchronous standby that takes over has everything that was acknowledged', async () => {
  const primary = await Postgres.start();
  const standby = await primary.standby();
  await primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'", 'postgres');
  await primary.sql('SELECT pg_reload_conf()', 'postgres');
  const { hubs, rooms, people, said } = await begins(primary, standby);
  try {
    await primary.crash();
    await standby.promote();
    const before = said();
    await untilCount('they talk on', said, before + 40);
    await settle(people);
    assert.deepEqual(people.flatMap((person) => person.faults), []);
    await isWhole(standby, people, rooms);
  } finally {
    for (const person of people) person.leave();
    await Promise.all(hubs.map((hub) => hub.stop()));
    primary.stop();
  }
});

test('where an asynchronous standby lacks the last messages, everybody begins again from what is there', async () => {
  const primary = await Postgres.start();
  const standby = await primary.standby();
  const { hubs, rooms, people, said } = await begins(primary, standby);
  for (const person of people) person.mayBeginAgain = true;
  try {
    await standby.halt();
    const before = said();
    await untilCount('they say what the standby will not have', said, before + 40);
    const epoch = people[0].epoch;
    await primary.crash();
    await standby.up();
    await standby.promote();
    await untilCount('everybody begins again', () => people.filter((person) => person.resets > 0).length, people.length);
    await untilCount('they talk on', said, 40);
    await settle(people);
    assert.notEqual(people[0].epoch, epoch);
    assert.equal(new Set(people.map((person) => person.epoch)).size, 1, 'one new epoch for all');
    assert.deepEqual(people.flatMap((person) => person.faults), []);
    await isWhole(standby, people, rooms);
  } finally {
    for (const person of people) person.leave();
    await Promise.all(hubs.map((hub) => hub.stop()));
    primary.stop();
  }
});
