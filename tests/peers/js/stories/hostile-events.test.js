// Wrong payloads on every event: an error by the contract, nothing stored, nothing sent, nobody else touched,
// and the connection stays.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertRefused, overEachTransport, withHub } from '../kit.js';
import { wrongArguments, wrongFields } from '../kit/hostile.js';

const EVENTS = ['joinRoom', 'sendMessage', 'sendAlert', 'returnChatters', 'renameChatter'];
const NAMES_A_ROOM = Object.keys(wrongArguments({ id: '' }));

overEachTransport('a wrong payload', (transport) => {
  const the = withHub();

  /** Somebody in a room, somebody who would do harm, and a check that no harm was done. */
  async function scene(event) {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const mallory =
      event === 'joinRoom'
        ? await the.hub.person(transport).connect(room.namespace)
        : await the.hub.member(transport, room);
    if (event !== 'joinRoom') {
      await minsu.hearsArrivalOf(mallory);
      await minsu.seesPresent(minsu, mallory);
    }
    const before = await the.hub.history(room, minsu.id);
    const { nickname } = minsu;
    minsu.inbox.clear();
    mallory.inbox.clear();
    const noHarmIsDone = async () => {
      assert.equal(mallory.socket.connected, true, 'the connection was lost without cause');
      for (const kind of ['sendMessage', 'sendAlert', 'message']) assert.deepEqual(minsu.inbox.all(kind), []);
      assert.deepEqual(await the.hub.history(room, minsu.id), before);
      await minsu.says('all well');
      await minsu.hears('all well');
      await minsu.refreshes();
      assert.equal(minsu.nickname, nickname);
    };
    return { room, minsu, mallory, noHarmIsDone };
  }

  for (const event of EVENTS) {
    it(`with ${event} is refused in every shape: ${NAMES_A_ROOM.join(', ')}`, async () => {
      const { room, mallory, noHarmIsDone } = await scene(event);
      for (const [what, args] of Object.entries({ ...wrongArguments(room), ...wrongFields(event, room) })) {
        const answer = await mallory.asks(event, ...args).catch((error) => assert.fail(`${what}: ${error.message}`));
        assert.equal(answer.success, false, `${what} was taken: ${JSON.stringify(answer)}`);
        assertRefused(answer);
        assertRefused(await mallory.hearsError());
      }
      await noHarmIsDone();
    });

    it(`with ${event} is refused also where no acknowledgement is asked for`, async () => {
      const { room, mallory, noHarmIsDone } = await scene(event);
      for (const args of Object.values(wrongArguments(room))) {
        mallory.socket.emit(event, ...args);
        assertRefused(await mallory.hearsError());
      }
      await noHarmIsDone();
    });
  }

  it('with typing is passed over', async () => {
    const { room, mallory, noHarmIsDone } = await scene('typing');
    for (const args of Object.values(wrongArguments(room))) mallory.socket.emit('typing', ...args);
    assertRefused(await mallory.asks('sendMessage', { roomId: room.id }));
    await noHarmIsDone();
  });

  it('with leaveRoom does not keep one from leaving', async () => {
    for (const args of Object.values(wrongArguments({ id: 'x' }))) {
      const { mallory, minsu } = await scene('leaveRoom');
      await mallory.asks('leaveRoom', ...args);
      assert.equal(mallory.socket.connected, true);
      await minsu.says('all well');
      await minsu.hears('all well');
    }
  });

  it('more arguments than an event has do no harm', async () => {
    const { room, minsu, mallory } = await scene('sendMessage');
    await mallory.asks('sendMessage', { roomId: room.id, content: 'one' }, { roomId: room.id, content: 'two' }, 3);
    await minsu.says('all well');
    await minsu.hears('all well');
    assert.ok(minsu.inbox.all('sendMessage').every((message) => message.content !== 'two'));
  });
});
