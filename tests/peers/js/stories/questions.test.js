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

  it('takes no vote of its author, of strangers, and none for what is no question, but one of the muted', async () => {
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
    assert.equal((await vote(sora, asked.seq)).success, true, 'a vote says nothing to others');
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

  /** A room in which the host reads questions first, with two people. */
  async function quietHall() {
    const room = await the.hub.room({ history: 'all' });
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    await the.hub.host('room', 'edit', room.code, '--questions', 'held');
    return { room, minsu, jiwoo };
  }

  /** What waits, as `colahub question held` says. */
  const waiting = async (room) => JSON.parse(await the.hub.host('question', 'held', room.code, '--json'));

  it('waits for the host where the host reads first, and gets its place when it is let through', async () => {
    const { room, minsu, jiwoo } = await quietHall();
    assert.equal((await the.hub.calls('GET', `/chat/rooms/${room.id}`)).json.data.questions, 'held');
    const asked = await ask(minsu, 'Is it safe?', { key: 'h1' });
    assert.ok(asked.success, JSON.stringify(asked));
    assert.deepEqual(Object.keys(asked.data).sort(), ['held', 'roomId']);
    assert.deepEqual(Object.keys(asked.data.held).sort(), ['content', 'id', 'sentAt']);
    assert.deepEqual((await ask(minsu, 'other words', { key: 'h1' })).data, asked.data, 'a retry is the same question');
    assert.deepEqual((await waiting(room)).map(({ content, chatter }) => [content, chatter]), [['Is it safe?', minsu.id]]);
    const said = await jiwoo.says('just so');
    await the.hub.ends('SIGKILL');
    await the.hub.startsAgain();
    for (const person of [minsu, jiwoo]) await person.refreshes();
    assert.deepEqual((await ask(minsu, 'Is it safe?', { key: 'h1' })).data, asked.data, 'also after a restart');
    await the.hub.host('question', 'let-through', String(asked.data.held.id));
    const told = await jiwoo.inbox.take('sendMessage', (message) => message.content === 'Is it safe?');
    assert.ok(told.seq > said.seq, 'its place is that of now');
    assert.deepEqual([told.chatterId ?? told.chatter?.id, told.question], [minsu.id, { votes: 0, mine: false, answered: false }]);
    assert.equal((await ask(minsu, 'Is it safe?', { key: 'h1' })).data.seq, told.seq);
    assert.equal((await vote(jiwoo, told.seq)).data.question.votes, 1);
    assert.deepEqual(await waiting(room), []);
  });

  it('is told to be dropped where its author is banned, and where the room ends', async () => {
    const { room, minsu, jiwoo } = await quietHall();
    const theirs = (await ask(minsu, 'mine', { key: 'm' })).data.held.id;
    const others = (await ask(jiwoo, 'yours', { key: 'y' })).data.held.id;
    await the.hub.host('chatter', 'ban', minsu.id);
    assert.deepEqual(await minsu.inbox.take('questionDropped'), { roomId: room.id, id: theirs, key: 'm' });
    assert.equal((await minsu.inbox.take('roomClosed')).reason, 'banned');
    await the.hub.host('room', 'close', room.code);
    assert.deepEqual(await jiwoo.inbox.take('questionDropped'), { roomId: room.id, id: others, key: 'y' });
    assert.equal((await jiwoo.inbox.take('roomClosed')).reason, 'closed');
    for (const person of [minsu, jiwoo]) assert.deepEqual(person.inbox.all('questionDropped'), []);
  });

  it('is nobody’s to read once the host has dropped it, and so few of one person wait', async () => {
    const { room, minsu, jiwoo } = await quietHall();
    const ids = [];
    for (let n = 0; n < 5; n += 1) ids.push((await ask(minsu, `no ${n}`, { key: `d${n}` })).data.held.id);
    assert.equal((await ask(minsu, 'one more', { key: 'd5' })).code, 'too_many_held');
    await the.hub.host('question', 'drop', String(ids[0]));
    assert.deepEqual(await minsu.inbox.take('questionDropped'), { roomId: room.id, id: ids[0], key: 'd0' });
    assert.equal((await ask(minsu, 'no 0', { key: 'd0' })).code, 'not_let_through');
    await assert.rejects(the.hub.host('question', 'let-through', String(ids[0])), /no question \d+ waits/);
    await the.hub.host('chatter', 'mute', minsu.id);
    assert.deepEqual(await waiting(room), [], 'the muted ask nothing');
    for (const n of [1, 2, 3, 4]) {
      assert.deepEqual(await minsu.inbox.take('questionDropped'), { roomId: room.id, id: ids[n], key: `d${n}` });
    }
    await the.hub.host('room', 'edit', room.code, '--questions', 'open');
    const open = (await ask(jiwoo, 'And now?')).data;
    assert.deepEqual(jiwoo.inbox.all('questionDropped'), [], 'nobody else is told');
    assert.deepEqual(open.question, { votes: 0, mine: false, answered: false });
    const page = await the.hub.page(room, 1, jiwoo.id);
    assert.ok(page.every(({ content }) => !content.startsWith('no ')), 'nothing of it is in the room');
  });
});
