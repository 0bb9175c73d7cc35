// Messages that answer others and name people, and messages that their authors take back.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertChatter, overEachTransport, withHub } from '../kit.js';

const NOBODYS = '00000000-0000-4000-8000-000000000000';

overEachTransport('answering, naming and taking back', (transport) => {
  const the = withHub();

  /** A room that everybody reads from its beginning, in which Minsu has asked something. */
  async function asked() {
    const room = await the.hub.room({ history: 'all' });
    const minsu = await the.hub.member(transport, room);
    const question = await minsu.says('Is there coffee?');
    return { room, minsu, question };
  }

  const say = (person, more) => person.asks('sendMessage', { roomId: person.room.id, content: 'Yes', ...more });

  it('answers a message from before one came, and everybody sees what is answered', async () => {
    const { room, minsu, question } = await asked();
    const jiwoo = await the.hub.member(transport, room);
    const answer = (await say(jiwoo, { replyTo: question.seq, key: 'k' })).data;
    assert.deepEqual(Object.keys(answer.replyTo).sort(), ['chatter', 'excerpt', 'seq', 'takenBack']);
    assertChatter(answer.replyTo.chatter);
    assert.equal(answer.replyTo.chatter.id, minsu.id);
    assert.deepEqual([answer.replyTo.seq, answer.replyTo.excerpt], [question.seq, 'Is there coffee?']);
    const heard = await minsu.hears('Yes');
    assert.deepEqual(heard, answer);
    assert.deepEqual((await say(jiwoo, { key: 'k' })).data, answer, 'sent again with its key');
    assert.equal('replyTo' in question || 'mentions' in question, false, 'old shapes are as they were');
    const page = await the.hub.page(room, 1, minsu.id);
    assert.deepEqual(page.at(-1), answer);
  });

  it('shows only the beginning of a long message', async () => {
    const { room, minsu } = await asked();
    const long = await minsu.says(`${'긴 이야기 '.repeat(100)}`);
    const { replyTo } = (await say(minsu, { replyTo: long.seq })).data;
    assert.equal([...replyTo.excerpt].length, 100);
    assert.ok(replyTo.excerpt.endsWith('…'));
    assert.equal(room.id, long.roomId);
  });

  it('refuses to answer what is not there, and stores nothing', async () => {
    const { room, minsu, question } = await asked();
    const before = await the.hub.page(room, 1, minsu.id);
    for (const replyTo of [99, 1]) {
      const answer = await say(minsu, { replyTo });
      assert.deepEqual([answer.success, answer.code], [false, 'no_such_message'], `${replyTo}`);
    }
    for (const more of [{ replyTo: 0 }, { replyTo: '2' }, { replyTo: 1.5 }, { mentions: 'x' }, { mentions: ['x'] }]) {
      const answer = await say(minsu, more);
      assert.deepEqual([answer.success, answer.code], [false, 'bad_request'], JSON.stringify(more));
    }
    const elsewhere = await the.hub.room();
    const jiwoo = await the.hub.member(transport, elsewhere);
    assert.equal((await say(jiwoo, { replyTo: question.seq })).code, 'no_such_message');
    assert.deepEqual(await the.hub.page(room, 1, minsu.id), before);
  });

  it('names those whose name stands in the message and who are there, and nobody else', async () => {
    const { room, minsu } = await asked();
    const jiwoo = await the.hub.member(transport, room);
    const mentions = [jiwoo.id, minsu.id, NOBODYS, jiwoo.id];
    const { data } = await say(minsu, { content: `@${jiwoo.nickname} look`, mentions });
    assert.deepEqual(data.mentions, [jiwoo.id]);
    assert.deepEqual((await jiwoo.hears(data.content)).mentions, [jiwoo.id]);
    assert.equal('mentions' in (await say(minsu, { content: 'look', mentions })).data, false);
  });

  it('takes back one’s own message: it is nowhere any more', async () => {
    const { room, minsu, question } = await asked();
    const jiwoo = await the.hub.member(transport, room);
    await say(jiwoo, { replyTo: question.seq });
    const back = (person, seq) => person.asks('takeBack', { roomId: room.id, seq });
    for (const [person, seq, code] of [
      [jiwoo, question.seq, 'forbidden'],
      [jiwoo, 1, 'forbidden'],
      [jiwoo, 0, 'bad_request'],
    ]) {
      assert.deepEqual([(await back(person, seq)).code], [code]);
    }
    assert.equal((await back(minsu, question.seq)).success, true);
    for (const person of [minsu, jiwoo]) {
      const gone = await person.inbox.take('messageTakenBack');
      assert.deepEqual(gone, { roomId: room.id, id: question.id, seq: question.seq });
    }
    assert.equal((await back(minsu, question.seq)).success, true, 'twice is once');
    await jiwoo.hasHeardNo('messageTakenBack');
    const page = await the.hub.page(room, 1, jiwoo.id);
    const [taken, answer] = [page.find((one) => one.seq === question.seq), page.find((one) => one.content === 'Yes')];
    assert.deepEqual([taken.content, taken.takenBack], ['', true]);
    assert.deepEqual([answer.replyTo.excerpt, answer.replyTo.takenBack], ['', true]);
    assert.equal((await say(jiwoo, { replyTo: question.seq })).code, 'no_such_message');
    const returns = await minsu.join(room, { after: answer.seq, epoch: minsu.chatter.epoch });
    assert.deepEqual(returns.takenBack, [question.seq]);
  });

  it('refuses whoever is not in the room', async () => {
    const { room, question } = await asked();
    const stranger = the.hub.person(transport);
    await stranger.connect(room.namespace);
    const answer = await stranger.asks('takeBack', { roomId: room.id, seq: question.seq });
    assert.deepEqual([answer.success, answer.code], [false, 'not_joined']);
  });
});

overEachTransport('a hub whose host lets nobody take anything back', (transport) => {
  const the = withHub({ COLAHUB_MESSAGES_TAKE_BACK: '0' });

  it('says so', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const { seq } = await minsu.says('a slip');
    const answer = await minsu.asks('takeBack', { roomId: room.id, seq });
    assert.deepEqual([answer.success, answer.code], [false, 'too_late']);
    assert.equal((await the.hub.page(room, 1, minsu.id)).at(-1).content, 'a slip');
  });
});
