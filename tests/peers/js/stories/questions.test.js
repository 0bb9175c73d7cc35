// Questions: asked by anybody, voted up by others, each at most once, and answered by the host.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { overEachTransport, withHub } from '../kit.js';

overEachTransport('asking', (transport) => {
  const the = withHub();

  const ask = (person, content, more = {}) =>
    person.asks('sendMessage', { roomId: person.room.id, content, question: true, ...more });
  const vote = (person, seq, on = true) => person.asks('vote', { roomId: person.room.id, seq, on });

  /** Three people in a room, in which one has asked something. */
  async function hall() {
    const room = await the.hub.room({ history: 'all' });
    const minsu = await the.hub.member(transport, room);
    const asked = (await ask(minsu, 'When is lunch?', { key: 'q1' })).data;
    const jiwoo = await the.hub.member(transport, room);
    const sora = await the.hub.member(transport, room);
    return { room, minsu, jiwoo, sora, asked };
  }

  /** Waits until the room has heard of these votes. */
  const hears = (person, seq, votes, answered = false) =>
    person.inbox.take('reactions', (told) => told.seq === seq && told.question?.votes === votes && told.question.answered === answered);

  /** A question as a page of history has it. */
  const readsOf = async (person, seq) => {
    const page = await the.hub.page(person.room, 1, person.id);
    return page.find((message) => message.seq === seq).question;
  };

  const list = async (person, query = '') => {
    const path = `/api/rooms/${person.room.id}/questions${query}`;
    return (await the.hub.calls('GET', path, { headers: { cookie: person.browser.cookie } })).json;
  };

  it('is a plain message with votes beside it, which each person gives once', async () => {
    const { minsu, jiwoo, sora, asked } = await hall();
    assert.deepEqual([asked.type, asked.content, asked.question], ['MESSAGE', 'When is lunch?', { votes: 0, mine: false, answered: false }]);
    const first = await vote(jiwoo, asked.seq);
    assert.deepEqual(Object.keys(first.data).sort(), ['at', 'mine', 'question', 'reactions', 'roomId', 'seq']);
    assert.deepEqual(first.data.question, { votes: 1, mine: true, answered: false });
    for (const person of [minsu, jiwoo]) {
      const told = await hears(person, asked.seq, 1);
      assert.deepEqual(told.question, { votes: 1, answered: false }, 'who has voted is nobody else’s business');
      assert.deepEqual(told.reactions, {});
    }
    assert.deepEqual((await vote(jiwoo, asked.seq)).data, first.data, 'twice is once');
    await vote(sora, asked.seq);
    await hears(minsu, asked.seq, 2);
    await jiwoo.asks('react', { roomId: jiwoo.room.id, seq: asked.seq, emoji: '👍', on: true });
    assert.deepEqual(await readsOf(jiwoo, asked.seq), { votes: 2, mine: true, answered: false });
    assert.deepEqual(await readsOf(minsu, asked.seq), { votes: 2, mine: false, answered: false });
    await vote(jiwoo, asked.seq, false);
    await hears(minsu, asked.seq, 1);
    assert.deepEqual(await readsOf(jiwoo, asked.seq), { votes: 1, mine: false, answered: false });
    const said = await minsu.says('no question');
    assert.equal('question' in said, false, 'old shapes are as they were');
    const again = (await ask(minsu, 'another text', { key: 'q1' })).data;
    assert.deepEqual([again.seq, again.question.votes], [asked.seq, 1], 'the same key is the same question');
  });

  it('takes no vote of its author, of the muted, of strangers, and none for what is no question', async () => {
    const { room, minsu, jiwoo, sora, asked } = await hall();
    const said = await jiwoo.says('just so');
    for (const [person, seq, on, code] of [
      [minsu, asked.seq, true, 'own_question'],
      [minsu, said.seq, true, 'no_question'],
      [minsu, 1, true, 'no_such_message'],
      [minsu, 99, true, 'no_such_message'],
      [minsu, 'two', true, 'bad_request'],
      [minsu, asked.seq, 'yes', 'bad_request'],
      [minsu, asked.seq, null, 'bad_request'],
    ]) {
      const answer = await vote(person, seq, on);
      assert.equal(answer.code, code, JSON.stringify(answer));
      assert.ok(!answer.success && answer.message !== '' && answer.data === null);
    }
    assert.equal((await minsu.asks('sendMessage', { roomId: room.id, content: 'x', question: 'yes' })).code, 'bad_request');
    await the.hub.host('chatter', 'mute', sora.id);
    assert.equal((await vote(sora, asked.seq)).code, 'muted');
    assert.equal((await ask(sora, 'Why?')).code, 'muted');
    const stranger = the.hub.person(transport);
    await stranger.connect(room.namespace);
    stranger.room = room;
    assert.equal((await vote(stranger, asked.seq)).code, 'not_joined');
    assert.equal((await list(stranger)).code, 'not_joined');
    await minsu.asks('takeBack', { roomId: room.id, seq: asked.seq });
    assert.equal((await vote(jiwoo, asked.seq)).code, 'no_such_message');
    assert.equal(await readsOf(jiwoo, asked.seq), undefined, 'it is no question any more');
  });

  it('is counted once after a lost connection, and after a restart of the hub', async () => {
    const { room, minsu, jiwoo, sora, asked } = await hall();
    const { epoch, reactionsAt } = jiwoo.chatter;
    await vote(jiwoo, asked.seq);
    jiwoo.disconnect();
    await vote(sora, asked.seq);
    const back = await jiwoo.join(room, { after: asked.seq, epoch, reactionsAfter: reactionsAt });
    assert.deepEqual(back.reacted.map(({ seq, question }) => ({ seq, question })), [
      { seq: asked.seq, question: { votes: 2, mine: true, answered: false } },
    ]);
    assert.equal((await vote(jiwoo, asked.seq)).data.question.votes, 2);
    await the.hub.ends('SIGKILL');
    await the.hub.startsAgain();
    for (const person of [minsu, jiwoo]) await person.refreshes();
    assert.deepEqual((await vote(jiwoo, asked.seq)).data.question, { votes: 2, mine: true, answered: false });
    assert.deepEqual(await readsOf(minsu, asked.seq), { votes: 2, mine: false, answered: false });
  });

  it('is listed by votes and by time, and marked as answered by the host', async () => {
    const { room, minsu, jiwoo, sora, asked } = await hall();
    const seqs = { lunch: asked.seq };
    for (const content of ['bus', 'rain']) seqs[content] = (await ask(jiwoo, content)).data.seq;
    await vote(minsu, seqs.bus);
    await vote(sora, seqs.bus);
    await vote(minsu, seqs.rain);
    const contents = ({ data }) => data.messages.map((message) => message.content);
    assert.deepEqual(contents(await list(minsu)), ['bus', 'rain', 'When is lunch?']);
    assert.deepEqual(contents(await list(minsu, '?sort=time')), ['rain', 'bus', 'When is lunch?']);
    const page = (await list(minsu, '?limit=2')).data;
    assert.deepEqual([page.messages.length, page.more], [2, true]);
    const rest = (await list(minsu, `?limit=2&after=${page.after}`)).data;
    assert.deepEqual([rest.messages.map(({ content }) => content), rest.more, rest.after], [['When is lunch?'], false, null]);
    assert.deepEqual(page.messages[0].question, { votes: 2, mine: true, answered: false });
    for (const query of ['?sort=name', '?after=x', '?sort=time&after=0.1.2', '?limit=x']) {
      assert.equal((await list(minsu, query)).code, 'bad_request', query);
    }
    await the.hub.host('question', 'answered', room.code, `${seqs.bus}`);
    await hears(jiwoo, seqs.bus, 2, true);
    assert.deepEqual(contents(await list(minsu)), ['rain', 'When is lunch?', 'bus'], 'what is answered is behind the rest');
    const told = JSON.parse(await the.hub.host('question', 'list', room.code, '--json'));
    assert.deepEqual(told.map(({ seq, votes, isAnswered }) => [seq, votes, isAnswered]), [
      [seqs.rain, 1, false],
      [seqs.lunch, 0, false],
      [seqs.bus, 2, true],
    ]);
    await the.hub.host('question', 'answered', room.code, `${seqs.bus}`, '--not');
    await hears(jiwoo, seqs.bus, 2, false);
    await assert.rejects(the.hub.host('question', 'answered', room.code, '99'), /there is no question 99/);
    await the.hub.host('message', 'delete', room.code, `${seqs.bus}`);
    assert.deepEqual(contents(await list(minsu)), ['rain', 'When is lunch?']);
  });
});
