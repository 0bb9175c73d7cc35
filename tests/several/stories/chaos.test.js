// Hubs are killed and frozen, PostgreSQL crashes, and people talk on: nothing that was acknowledged is lost, doubled or
// out of order, whatever hub they are on.
//
//   CHAOS_SECONDS=300 CHAOS_PEOPLE=1000   the long form: ./dev prove

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as elapsed } from 'node:timers/promises';
import { Postgres, hubs as start } from '../kit/several.js';
import { Roamer } from '../kit/roamer.js';
import { isWhole, knowAll } from '../kit/whole.js';
import { untilCount } from '../../peers/js/kit/patience.js';

const SECONDS = Number(process.env.CHAOS_SECONDS ?? 45);
const PEOPLE = Number(process.env.CHAOS_PEOPLE ?? 60);
const ROOMS = 5;
/** Between two messages of one person, in ms. */
const PAUSE = Math.max(1_000, PEOPLE * 15);

const any = (list) => list[Math.floor(Math.random() * list.length)];

/** How `durations` in ms are spread, as a sentence. */
function spread(durations) {
  const sorted = durations.sort((a, b) => a - b);
  const quantile = (part) => Math.round(sorted[Math.floor((sorted.length - 1) * part)] ?? 0);
  return `${sorted.length}, half shorter than ${quantile(0.5)} ms, 99 of 100 than ${quantile(0.99)} ms, the longest ${quantile(1)} ms`;
}

const overlaps = (span, other) => span.from < other.to && other.from < span.to;

/** How long those were away whose hub was killed, while PostgreSQL answered and no hub was frozen. */
function afterKills(people, { kills, freezes, crashes }) {
  const troubles = [...freezes, ...crashes];
  const absences = people.flatMap((person) => person.absences).filter((absence) => !troubles.some((trouble) => overlaps(absence, trouble)));
  return kills.flatMap(({ at, url }) =>
    absences.filter((absence) => absence.url === url && Math.abs(absence.from - at) < 1_000).map(({ to }) => to - at),
  );
}

/**
 * How long those who were saying something when PostgreSQL came back waited from then on; without those who lost their hub, and
 * while no hub was frozen.
 */
function afterCrashes(people, { freezes, crashes }) {
  const sends = people.flatMap(({ sends, absences }) =>
    sends.filter((send) => ![...absences, ...freezes].some((trouble) => overlaps(send, trouble))),
  );
  return crashes.flatMap((crash) => sends.filter(({ from, to }) => from < crash.to && crash.to < to).map(({ to }) => to - crash.to));
}

test('nothing acknowledged is lost, doubled or out of order', { timeout: (SECONDS + 600) * 1_000 }, async (context) => {
  const postgres = await Postgres.start();
  const hubs = await start(postgres, 3);
  // Of a hub that is starting again nobody knows the address.
  const alive = new Set(hubs);
  const pick = () => any([...alive]).url;
  const people = [];
  try {
    const made = await Promise.all(
      Array.from({ length: ROOMS }, (_, n) => hubs[0].room({ namespace: 'chaos', title: `Room ${n}`, capacity: 0 })),
    );
    await untilCount('all hubs know the rooms', () => knowAll(hubs, made), hubs.length);
    people.push(...Array.from({ length: PEOPLE }, (_, n) => new Roamer(`p${n}`, pick, made[n % ROOMS], { pause: PAUSE })));
    for (let at = 0; at < people.length; at += 20) {
      await Promise.all(people.slice(at, at + 20).map((person) => person.begin()));
    }
    const did = await disturb({ hubs, alive, postgres });
    await Promise.all(people.map((person) => person.quiet()));
    await Promise.all(people.map((person) => person.settles()));
    const acknowledged = people.reduce((sum, person) => sum + person.acknowledged.size, 0);
    const { kills, freezes, crashes } = did;
    context.diagnostic(`${acknowledged} acknowledged; ${kills.length} kills, ${freezes.length} freezes, ${crashes.length} crashes`);
    context.diagnostic(`absences: ${spread(people.flatMap((person) => person.absences).map(({ from, to }) => to - from))}`);
    context.diagnostic(`after a kill, until they were in again: ${spread(afterKills(people, did))}`);
    context.diagnostic(`after PostgreSQL's return, until what waited was acknowledged: ${spread(afterCrashes(people, did))}`);
    assert.ok(acknowledged > PEOPLE, 'they talked');
    assert.deepEqual(people.flatMap((person) => person.faults), []);
    await isWhole(postgres, people, made);
  } finally {
    for (const person of people) person.leave();
    await Promise.all(hubs.map((hub) => hub.stop()));
    postgres.stop();
  }
});

/** A kill every 5 s, a freeze now and then, and a crash of PostgreSQL every 15 s. Returns when each was. */
async function disturb({ hubs, alive, postgres }) {
  const did = { kills: [], freezes: [], crashes: [] };
  const end = Date.now() + SECONDS * 1_000;
  const kills = async () => {
    for (let turn = 0; Date.now() < end; turn++) {
      await elapsed(5_000);
      const hub = any([...alive]);
      if (alive.size < 2 || hub === frozen) continue;
      alive.delete(hub);
      did.kills.push({ at: performance.now(), url: hub.url });
      await hub.ends('SIGKILL');
      await elapsed(500);
      await hub.startsAgain();
      alive.add(hub);
    }
  };
  let frozen = null;
  const freezes = async () => {
    while (Date.now() < end) {
      await elapsed(8_000);
      frozen = any([...alive]);
      if (!frozen) continue;
      const from = performance.now();
      frozen.process.kill('SIGSTOP');
      // Beyond five seconds it is declared dead, and has to see that by itself.
      await elapsed(did.freezes.length % 2 === 0 ? 3_000 : 7_000);
      frozen.process.kill('SIGCONT');
      did.freezes.push({ from, to: performance.now() });
      frozen = null;
    }
  };
  const crashes = async () => {
    while (Date.now() < end) {
      await elapsed(15_000);
      const from = performance.now();
      await postgres.crash();
      await elapsed(300);
      await postgres.up();
      did.crashes.push({ from, to: performance.now() });
    }
  };
  await Promise.all([kills(), freezes(), crashes()]);
  return did;
}
