// Order: one sender's messages stay in the order they were sent; all members of a room see one order.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { overEachTransport, untilCount, withHub } from '../kit.js';

overEachTransport('order', (transport) => {
  const the = withHub({ COLAHUB_LIMITS_PROFILE: 'off' });

  it('thousands of messages sent without waiting are all stored, broadcast and acknowledged in order', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = await the.hub.member(transport, room);
    const count = Number(process.env.ORDER_MESSAGES ?? 10_000);
    const sent = Array.from({ length: count }, (_, n) => `number ${n}`);
    assert.deepEqual(await minsu.saysAll(sent), sent);
    for (const person of [minsu, jiwoo]) {
      await untilCount('all messages are heard', () => person.inbox.all('sendMessage').length, count);
      const heard = person.inbox.all('sendMessage');
      assert.deepEqual(
        heard.map((message) => message.content),
        sent,
      );
      const { seq } = heard[0];
      assert.deepEqual(
        heard.map((message) => message.seq),
        sent.map((_, n) => seq + n),
        'seq has no gaps',
      );
    }
    const stored = (await the.hub.history(room, minsu.id)).filter((message) => message.type === 'MESSAGE');
    assert.deepEqual(
      stored.map((message) => message.content),
      sent,
    );
  });

  it('20 people who talk at once all hear one and the same order', async () => {
    const room = await the.hub.room({ capacity: 0 });
    const people = [];
    for (let n = 0; n < 20; n++) people.push(await the.hub.member(transport, room));
    for (const person of people) person.inbox.clear();
    const each = 25;
    const said = people.map(async (person, who) => {
      const words = Array.from({ length: each }, (_, n) => person.says(`${who}: ${n}`));
      return Promise.all(words);
    });
    await Promise.all(said);
    const total = people.length * each;
    const orders = [];
    for (const person of people) {
      await untilCount('all messages are heard', () => person.inbox.all('sendMessage').length, total);
      orders.push(person.inbox.all('sendMessage').map((message) => message.content));
    }
    assert.equal(new Set(orders[0]).size, total, 'nothing twice, nothing missing');
    for (const order of orders) assert.deepEqual(order, orders[0]);
    people.forEach((_, who) => {
      const own = orders[0].filter((content) => content.startsWith(`${who}: `));
      assert.deepEqual(
        own,
        Array.from({ length: each }, (_, n) => `${who}: ${n}`),
        'each in their own order',
      );
    });
    const ids = people[0].inbox.all('sendMessage').map((message) => message.id);
    assert.deepEqual(
      ids,
      [...ids].sort((a, b) => a - b),
      'the order is the order of ids',
    );
    const stored = (await the.hub.history(room, people[0].id)).filter((message) => message.type === 'MESSAGE');
    assert.deepEqual(
      stored.map((message) => message.content),
      orders[0],
    );
  });
});
