// A wall on one hub shows what is said, taken back and set on others.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Postgres, hubs as start } from '../kit/several.js';
import { until } from '../../peers/js/kit/patience.js';

describe('a wall of several hubs', () => {
  let postgres;
  let one;
  let two;
  before(async () => {
    postgres = await Postgres.start('fsync=off');
    [one, two] = await start(postgres, 2, { COLAHUB_DATABASE_PATIENCE: '60s' });
  });
  after(async () => {
    await Promise.all([one, two].map((hub) => hub.stop()));
    postgres.stop();
  });

  const wall = (hub, { code }, secret) =>
    hub.calls('GET', `/api/walls/${code}`, { headers: secret ? { authorization: `ColaHub-Wall ${secret}` } : {} });
  const texts = async (hub, room, secret) => {
    const { json } = await wall(hub, room, secret);
    return json.data?.messages.map((message) => message.content);
  };
  const sets = async (hub, room, ...args) => JSON.parse(await hub.host('wall', 'set', room.code, '--json', ...args));

  it('shows what is said through another hub once it is old enough, and never what was taken back there before', async () => {
    const room = await one.room({ history: 'all' });
    await until('the other knows the room', async () => (await two.calls('GET', `/chat/rooms/${room.id}`)).status === 200);
    await sets(one, room, '--delay', '3');
    await until('the other knows the delay', async () => (await wall(two, room)).json.data.delay === 3);
    const [ann, bob] = [await one.member('websocket', room), await two.member('websocket', room)];
    await ann.hearsArrivalOf(bob);
    const begun = performance.now();
    const slip = await ann.says('a slip');
    await ann.asks('takeBack', { roomId: room.id, seq: slip.seq });
    const isInTime = performance.now() - begun < 3_000;
    const said = performance.now();
    await ann.says('hello');
    const seen = new Set();
    await until('the wall of the other hub shows it', async () => {
      for (const text of await texts(two, room)) seen.add(text);
      return seen.has('hello');
    });
    assert.ok(performance.now() - said >= 3_000, 'shown too early');
    if (isInTime) assert.deepEqual([...seen], ['hello']);
    assert.equal((await wall(two, room)).json.data.room.present, 2);
  });

  it('opens with a link that was made on another hub, until it is revoked on any, and after a restart', async () => {
    const room = await one.room({ password: 'secret' });
    const { link } = await sets(one, room, '--link', '--delay', '0');
    await until('the link opens it on the other', async () => (await wall(two, room, link)).status === 200);
    await two.ends('SIGKILL');
    await two.startsAgain();
    assert.equal((await wall(two, room, link)).status, 200);
    assert.equal((await sets(two, room, '--link')).link, link, 'there is one');
    assert.equal((await wall(two, room)).json.code, 'wall_closed');
    await sets(two, room, '--no-link');
    await until('it is revoked on the other', async () => (await wall(one, room, link)).status === 403);
  });
});
