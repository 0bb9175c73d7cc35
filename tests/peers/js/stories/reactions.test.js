// Reactions: six that are fixed, each person each at most once.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { overEachTransport, withHub } from '../kit.js';

overEachTransport('reacting', (transport) => {
  const the = withHub();

  /** Two people in a room, in which one has said something. */
  async function talk() {
    const room = await the.hub.room({ history: 'all' });
    const minsu = await the.hub.member(transport, room);
    const said = await minsu.says('Coffee is ready');
    const jiwoo = await the.hub.member(transport, room);
    return { room, minsu, jiwoo, said };
  }

  const react = (person, seq, emoji, on = true) =>
    person.asks('react', { roomId: person.room.id, seq, emoji, on });

  /** Waits until the room has heard of these. */
  const hears = (person, seq, reactions) =>
    person.inbox.take('reactions', (told) => {
      const { seq: of, reactions: now } = told;
      return of === seq && JSON.stringify(now) === JSON.stringify(reactions);
    });

  const readsOf = async (person, seq) => {
    const page = await the.hub.page(person.room, 1, person.id);
    const { reactions, mine } = page.find((message) => message.seq === seq);
    return { reactions, mine };
  };

  it('is counted once a person and emoji, told to everybody, and kept', async () => {
    const { minsu, jiwoo, said } = await talk();
    const first = await react(jiwoo, said.seq, '👍');
    assert.deepEqual(Object.keys(first.data).sort(), ['at', 'mine', 'reactions', 'roomId', 'seq']);
    assert.deepEqual([first.data.reactions, first.data.mine], [{ '👍': 1 }, ['👍']]);
    for (const person of [minsu, jiwoo]) {
      const told = await hears(person, said.seq, { '👍': 1 });
      assert.equal('mine' in told, false);
    }
    assert.deepEqual((await react(jiwoo, said.seq, '👍')).data, first.data, 'twice is once');
    await react(minsu, said.seq, '👍');
    await react(minsu, said.seq, '❤');
    await hears(jiwoo, said.seq, { '👍': 2, '❤️': 1 });
    assert.deepEqual(await readsOf(jiwoo, said.seq), { reactions: { '👍': 2, '❤️': 1 }, mine: ['👍'] });
    assert.deepEqual(await readsOf(minsu, said.seq), { reactions: { '👍': 2, '❤️': 1 }, mine: ['👍', '❤️'] });
    await react(jiwoo, said.seq, '👍', false);
    await hears(minsu, said.seq, { '👍': 1, '❤️': 1 });
    assert.equal('reactions' in said, false, 'old shapes are as they were');
  });

  it('refuses what is no reaction, and reactions to what is not there', async () => {
    const { room, minsu, said } = await talk();
    for (const [seq, emoji, on] of [
      [said.seq, '👎', true],
      [said.seq, '', true],
      [said.seq, 7, true],
      [said.seq, '👍', 'yes'],
      ['2', '👍', true],
      [0, '👍', true],
    ]) {
      assert.equal((await react(minsu, seq, emoji, on)).code, 'bad_request', `${seq} ${emoji} ${on}`);
    }
    for (const seq of [1, 99]) assert.equal((await react(minsu, seq, '👍')).code, 'no_such_message', `${seq}`);
    const stranger = the.hub.person(transport);
    await stranger.connect(room.namespace);
    stranger.room = room;
    assert.equal((await react(stranger, said.seq, '👍')).code, 'not_joined');
    assert.deepEqual(await readsOf(minsu, said.seq), { reactions: undefined, mine: undefined });
  });

  it('is gone with its message', async () => {
    const { room, minsu, jiwoo, said } = await talk();
    await react(jiwoo, said.seq, '😂');
    await minsu.asks('takeBack', { roomId: room.id, seq: said.seq });
    assert.equal((await react(jiwoo, said.seq, '😂')).code, 'no_such_message');
    assert.deepEqual(await readsOf(jiwoo, said.seq), { reactions: undefined, mine: undefined });
  });

  it('is learnt of by who was away, with the answer to their return', async () => {
    const { room, minsu, jiwoo, said } = await talk();
    const { epoch, reactionsAt } = jiwoo.chatter;
    jiwoo.disconnect();
    await react(minsu, said.seq, '🎉');
    const later = await minsu.says('Tea, too');
    await react(minsu, later.seq, '🙏');
    const back = await jiwoo.join(room, { after: said.seq, epoch, reactionsAfter: reactionsAt });
    assert.deepEqual(back.reacted.map(({ seq, reactions, mine }) => ({ seq, reactions, mine })), [
      { seq: said.seq, reactions: { '🎉': 1 }, mine: [] },
    ]);
    const missed = back.missed.find((message) => message.seq === later.seq);
    assert.deepEqual(missed.reactions, { '🙏': 1 });
    assert.ok(back.reactionsAt >= reactionsAt);
    const old = await jiwoo.join(room, { after: later.seq, epoch });
    assert.deepEqual(old.reacted, [], 'who does not ask is not told');
  });
});
