// An event file that two hubs apply at the same moment: everything in it is there once, and was logged once.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../../peers/js/kit/patience.js';
import { Postgres, hubs as start } from '../kit/several.js';

/** How often it is tried: each time the hubs meet at other steps. */
const TIMES = 6;

describe('an event file on several hubs', () => {
  const folder = mkdtempSync(join(tmpdir(), 'colahub-event-'));
  let postgres;
  let hubs;
  before(async () => {
    postgres = await Postgres.start('fsync=off');
    hubs = await start(postgres, 2, { COLAHUB_DATABASE_PATIENCE: '60s' });
  });
  after(async () => {
    await Promise.all(hubs.map((hub) => hub.stop()));
    postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  /** The event of a round: three rooms, two announcements, two polls. `capacity` and `answer` are what a change changes. */
  const fileOf = (n, { capacity, answer }) => {
    const path = join(folder, `event-${n}-${capacity}.toml`);
    const room = (title, more) => `[[rooms]]\ntitle = "${title} ${n}"\n${more}\n`;
    const announcement = (text, more = '') => `[[announcements]]\ntext = "${text} ${n}"\n${more}\n`;
    const poll = (question, more = '') => `[[polls]]\nquestion = "${question} ${n}?"\noptions = ["a", "${answer}"]\n${more}\n`;
    writeFileSync(path, [
      `title = "Camp ${n}"\n`,
      room('Hall', `capacity = ${capacity}`),
      room('Stage', 'mode = "slow"\nevery = 20\nquestions = "held"'),
      room('Crew', 'password = "secret"\nhistory = "all"'),
      announcement('Welcome'),
      announcement('Sound check', `room = "Stage ${n}"`),
      poll('Lunch'),
      poll('Encore', `room = "Stage ${n}"`),
    ].join('\n'));
    return path;
  };

  /** Both apply it at once. Returns what they say they have done, a line each. */
  const both = async (path) => {
    const told = await Promise.all(hubs.map((hub) => hub.host('event', 'apply', path)));
    return told.join('').split('\n');
  };

  const sql = (text) => postgres.sql(`SET search_path = colahub; ${text}`).then((rows) => rows.filter((row) => row !== 'SET'));
  const times = (deed, lines) => lines.filter((line) => line.startsWith(deed)).length;

  /** Waits until a hub finds nothing to do: it has heard of everything. */
  const settled = (hub, path) =>
    until('nothing is to be done', async () => (await hub.host('event', 'apply', '--dry-run', path)).includes('nothing to change'));

  it('makes everything once, whichever of two hubs is faster', async () => {
    for (let n = 1; n <= TIMES; n += 1) {
      const path = fileOf(n, { capacity: 30, answer: 'b' });
      const lines = await both(path);
      assert.deepEqual(
        ['made the room', 'announced', 'prepared'].map((deed) => times(deed, lines)),
        [3, 2, 2],
        `each is said to be made by one of them: ${lines.join('\n')}`,
      );
      const rooms = await sql(`SELECT title, capacity, mode, every, hold_questions, history, lock IS NOT NULL, position
        FROM rooms WHERE title LIKE '% ${n}' ORDER BY position`);
      assert.deepEqual(rooms.map((row) => row.replace(/\|\d+$/, '')), [
        `Hall ${n}|30|0|0|f|1|f`, `Stage ${n}|0|1|20|t|1|f`, `Crew ${n}|0|0|0|f|1|t`,
      ]);
      assert.deepEqual(await sql(`SELECT text, count(*) FROM announcements WHERE text LIKE '% ${n}' GROUP BY text ORDER BY text`),
        [`Sound check ${n}|1`, `Welcome ${n}|1`]);
      const notices = await sql(`SELECT count(*) FROM messages WHERE content IN ('Welcome ${n}', 'Sound check ${n}')
        GROUP BY room, content`);
      assert.deepEqual([...new Set(notices)], ['1'], 'a notice in each room');
      assert.deepEqual(await sql(`SELECT question, count(*) FROM prepared_polls WHERE question LIKE '% ${n}?' GROUP BY question ORDER BY question`),
        [`Encore ${n}?|1`, `Lunch ${n}?|1`]);
      const log = await sql(`SELECT deed, count(*) FROM host_actions GROUP BY deed ORDER BY deed`);
      const logged = Object.fromEntries(log.map((row) => row.split('|')).map(([deed, count]) => [deed, Number(count)]));
      assert.deepEqual(
        ['event apply', 'room create', 'room mode', 'announce add', 'poll prepare'].map((deed) => logged[deed]),
        [n, 3 * n, n, 2 * n, 2 * n],
        JSON.stringify(logged),
      );
      await Promise.all(hubs.map((hub) => settled(hub, path)));
    }
  });

  it('changes everything once', async () => {
    const count = async (deed) => Number((await sql(`SELECT count(*) FROM host_actions WHERE deed = '${deed}'`))[0]);
    for (let n = 1; n <= TIMES; n += 1) {
      const [edits, prepares] = [await count('room edit'), await count('poll prepare')];
      const path = fileOf(n, { capacity: 40, answer: 'c' });
      await both(path);
      assert.deepEqual(await sql(`SELECT capacity FROM rooms WHERE title = 'Hall ${n}'`), ['40']);
      assert.deepEqual(await sql(`SELECT DISTINCT replace(answers, chr(10), ' ') FROM prepared_polls WHERE question LIKE '% ${n}?'`), ['a c']);
      await Promise.all(hubs.map((hub) => settled(hub, path)));
      assert.ok(await count('room edit') >= edits + 1);
      assert.equal(await count('poll prepare') - prepares, await sql(`SELECT count(*) FROM prepared_polls WHERE question LIKE '% ${n}?'`).then(([all]) => Number(all)));
    }
  });

  it('prepares no poll that another hub asks at the same moment', async () => {
    for (let n = 1; n <= TIMES; n += 1) {
      const path = fileOf(n, { capacity: 40, answer: 'c' });
      const [one, two] = hubs;
      const all = JSON.parse(await two.host('poll', 'prepared', '--json'));
      const { id } = (all.polls ?? all).find(({ question }) => question === `Lunch ${n}?`);
      await Promise.all([one.host('event', 'apply', path), two.host('poll', 'ask', id)]);
      assert.deepEqual(await sql(`SELECT count(*) FROM prepared_polls WHERE question = 'Lunch ${n}?'`), ['0']);
      assert.deepEqual(await sql(`SELECT count(*) FROM polls WHERE question = 'Lunch ${n}?'`), ['1']);
    }
  });
});
