// A wipe of the database that hubs share: all of them begin again, and nothing of what was said is left in its tables.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { Postgres, hubs as start } from '../kit/several.js';
import { until } from '../../peers/js/kit/patience.js';

/** How many rows of any table hold this text. */
const SEARCH = (text) => `
  SELECT count(*) FROM (SELECT unnest(xpath('//row', query_to_xml(
      format('SELECT * FROM colahub.%I AS t WHERE t::text LIKE ''%%${text}%%''', tablename), false, false, ''))) AS row
    FROM pg_tables WHERE schemaname = 'colahub') AS found`;

describe('a wipe of several hubs', () => {
  let postgres;
  let both;
  before(async () => {
    postgres = await Postgres.start('fsync=off');
    both = await start(postgres, 2, { COLAHUB_DATABASE_PATIENCE: '60s' });
  });
  after(async () => {
    await Promise.all(both.map((hub) => hub.stop()));
    postgres.stop();
  });

  /** A verb that reads the database itself, as on a machine whose configuration names it. */
  async function verb(...args) {
    const [{ directory }] = both;
    const env = { ...process.env, COLAHUB_DATABASE_URL: postgres.url };
    const flags = ['--data-dir', join(directory, 'data')];
    return (await promisify(execFile)(process.env.COLAHUB_BIN, [...args, ...flags], { env })).stdout;
  }

  it('leaves all hubs empty, with the rooms of the host', async () => {
    const [one, two] = both;
    await one.host('room', 'create', 'Stage');
    const [stage] = JSON.parse(await one.host('room', 'list', '--json')).filter(({ title }) => title === 'Stage');
    const guests = await two.room();
    await until('both know the rooms', async () =>
      (await Promise.all(both.map((hub) => hub.calls('GET', `/chat/rooms/${guests.id}`)))).every(({ status }) => status === 200));
    const [ann, bob] = [await one.member('websocket', stage), await two.member('websocket', stage)];
    for (const [person, text] of [[ann, 'watermelon'], [bob, 'watermelon, too']]) await person.says(text);
    await two.host('chatter', 'mute', ann.id);
    await verb('export', join(one.directory, 'chat.zip'));
    assert.notEqual((await postgres.sql(SEARCH('watermelon')))[0], '0');

    const receipt = await verb('wipe', '--yes', '--keep-rooms');
    assert.match(receipt, /All of it was exported: 2 messages/);
    assert.match(receipt, /Wiped at .*: 2 messages in 3 rooms, and 2 people\.\n.*2 rooms\.\nThe last export has 2 messages/);
    assert.equal(await verb('wipe', '--receipts'), receipt.slice(receipt.indexOf('Wiped at'), receipt.indexOf('The database keeps')));
    for (const secret of ['watermelon', ann.id, bob.id, ann.nickname, bob.nickname]) {
      assert.equal((await postgres.sql(SEARCH(secret)))[0], '0', secret);
    }
    for (const hub of both) {
      await until('it has read all again', async () => {
        const rooms = JSON.parse(await hub.host('room', 'list', '--json').catch(() => '[]'));
        return rooms.some(({ id }) => id === stage.id) && rooms.every(({ id }) => id !== guests.id);
      });
      assert.match(hub.log, /a host has wiped everything that was said/);
      assert.deepEqual(JSON.parse(await hub.host('chatter', 'list', '--muted', '--json')), []);
    }
    // Hubs go on together.
    const [cho, dan] = [await one.member('websocket', stage), await two.member('websocket', stage)];
    await cho.says('good morning');
    await dan.hears('good morning');
    assert.equal((await postgres.sql(SEARCH('watermelon')))[0], '0');
  });
});
