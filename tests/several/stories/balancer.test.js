// Several hubs behind HAProxy, with the configuration that docs/haproxy.cfg shows.

import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Postgres, hubs as start } from '../kit/several.js';
import { Browser } from '../../peers/js/kit/browser.js';
import { Person } from '../../peers/js/kit/person.js';
import { until } from '../../peers/js/kit/patience.js';

const EXAMPLE = new URL('../../../docs/haproxy.cfg', import.meta.url);

const isInstalled = () => {
  try {
    execFileSync('haproxy', ['-v']);
    return true;
  } catch {
    return false;
  }
};

const freePort = () =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

/** What HAProxy's own checks say of each hub: `L7OK` where it is ready. */
async function checks(folder) {
  const socket = connect(join(folder, 'stats'));
  socket.end('show stat\n');
  let said = '';
  for await (const part of socket) said += part;
  const [heads, ...rows] = said.trim().split('\n').map((line) => line.split(','));
  const servers = rows.filter((row) => row[0] === 'hubs' && row[1] !== 'BACKEND');
  return servers.map((row) => row[heads.indexOf('check_status')]);
}

test('people behind a balancer go on when their hub dies', { skip: !isInstalled() && 'there is no haproxy here' }, async () => {
  const postgres = await Postgres.start('fsync=off');
  const hubs = await start(postgres, 2, { COLAHUB_LIMITS_PROXIES: '127.0.0.1' });
  const port = await freePort();
  const folder = await mkdtemp(join(tmpdir(), 'colahub-balancer-'));
  const example = await readFile(EXAMPLE, 'utf8');
  const config = example
    .replace('global', `global\n    stats socket ${join(folder, 'stats')}`)
    .replace('bind :80', `bind 127.0.0.1:${port}`)
    .replace('10.0.0.11:80', `127.0.0.1:${hubs[0].port}`)
    .replace('10.0.0.12:80', `127.0.0.1:${hubs[1].port}`);
  await writeFile(join(folder, 'haproxy.cfg'), config);
  const balancer = spawn('haproxy', ['-db', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  try {
    await until('the balancer answers', async () => (await fetch(`${url}/readyz`).catch(() => null))?.ok);
    // Both count as up until they were checked.
    await until('both hubs are found to be ready', async () => (await checks(folder)).join() === 'L7OK,L7OK');
    const room = await hubs[0].room();
    await until('both hubs know the room', async () => (await hubs[1].calls('GET', `/chat/rooms/${room.id}`)).status === 200);
    // Two addresses, so that the balancer may choose two hubs; whichever it chose, one of them is killed.
    const people = ['127.0.0.2', '127.0.0.3'].map(
      (address, n) => new Person(url, { transport: ['websocket', 'polling'][n], browser: new Browser({ address }) }),
    );
    const [ann, bob] = people;
    await ann.join(room);
    await bob.join(room);
    await ann.hearsArrivalOf(bob);
    await bob.says('before');
    await ann.hears('before');
    await hubs[0].ends('SIGKILL');
    for (const person of people) {
      person.disconnect();
      const here = person.id;
      await until('they are in again', () => person.join(room).then(() => true, () => (person.disconnect(), false)));
      assert.equal(person.id, here, 'they are who they were');
    }
    await bob.says('after');
    await ann.hears('after');
    for (const person of people) person.disconnect();
  } finally {
    balancer.kill();
    await Promise.all(hubs.map((hub) => hub.stop()));
    postgres.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
