// Rooms with more than roster_limit people: notices are gathered, rosters cut, the true number is told.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertChatter, assertDone, assertMessage, overEachTransport, untilCount, withHub } from '../kit.js';

const ROSTER_LIMIT = 5;
const CROWD = 20;

overEachTransport('a crowd', (transport) => {
  const the = withHub({ COLAHUB_ROOMS_ROSTER_LIMIT: String(ROSTER_LIMIT) });

  /** Somebody who watches, and a crowd that comes all at once. */
  async function crowd() {
    const room = await the.hub.room({ capacity: 0 });
    const watcher = await the.hub.member(transport, room);
    const people = Array.from({ length: CROWD }, () => the.hub.person(transport));
    await Promise.all(people.map((person) => person.join(room)));
    await watcher.inbox.take('presence', ({ roomId, present }) => roomId === room.id && present === CROWD + 1);
    return { room, watcher, people };
  }
  const isArrival = (message) => message.alert?.kind === 'joined';

  it('is announced in fewer alerts than it has people, and each is counted once', async () => {
    const { watcher } = await crowd();
    const arrivals = () => watcher.inbox.all('sendAlert').filter(isArrival);
    const counted = () => arrivals().reduce((sum, message) => sum + message.alert.count, 0);
    await untilCount('everybody is announced', counted, CROWD);
    assert.equal(counted(), CROWD);
    assert.ok(arrivals().length <= CROWD / 2, `${arrivals().length} alerts for ${CROWD} people`);
    for (const message of arrivals()) assertMessage(message, 'ALERT');
    const gathered = arrivals().find((message) => message.alert.count > 1);
    assert.ok(gathered.content.includes(String(gathered.alert.count)), gathered.content);
  });

  it('gets rosters of at most roster_limit people, and not one for everybody who comes', async () => {
    const { watcher } = await crowd();
    await watcher.says('how many rosters so far?');
    await watcher.hears('how many rosters so far?');
    const rosters = watcher.inbox.all('returnChatters');
    for (const roster of rosters) assert.ok(roster.length <= ROSTER_LIMIT, `${roster.length} names`);
    assert.ok(rosters.length < CROWD, `${rosters.length} rosters for ${CROWD} people`);
  });

  it('is paged in full over HTTP', async () => {
    const { room, watcher, people } = await crowd();
    const answer = await the.hub.calls('GET', `/api/rooms/${room.id}/chatters?page=1`, {
      headers: { cookie: watcher.browser.cookie },
    });
    assert.equal(answer.status, 200, answer.text);
    const { chatters, present, more } = assertDone(answer.json);
    for (const chatter of chatters) assertChatter(chatter);
    assert.deepEqual(chatters.map((one) => one.id).sort(), [watcher, ...people].map((one) => one.id).sort());
    assert.equal(present, CROWD + 1);
    assert.equal(more, false);
  });

  it('talks as any room does', async () => {
    const { watcher, people } = await crowd();
    await people[0].says('hello, all of you');
    for (const person of [watcher, ...people]) await person.hears('hello, all of you');
  });

  it('that goes away is announced in few alerts too', async () => {
    const { watcher, people } = await crowd();
    for (const person of people) person.disconnect();
    await watcher.inbox.take('presence', ({ present }) => present === 1);
    const departures = () => watcher.inbox.all('sendAlert').filter((message) => message.alert?.kind === 'left');
    const counted = () => departures().reduce((sum, message) => sum + message.alert.count, 0);
    await untilCount('everybody’s leaving is announced', counted, CROWD);
    assert.equal(counted(), CROWD);
    assert.ok(departures().length <= CROWD / 2 + ROSTER_LIMIT, `${departures().length} alerts for ${CROWD} people`);
  });
});

overEachTransport('a small room', (transport) => {
  const the = withHub({ COLAHUB_ROOMS_ROSTER_LIMIT: String(ROSTER_LIMIT) });

  it('of exactly roster_limit people is as the original’s: an alert and a whole roster for each', async () => {
    const room = await the.hub.room({ capacity: 0 });
    const watcher = await the.hub.member(transport, room);
    const people = [watcher];
    while (people.length < ROSTER_LIMIT) {
      const next = await the.hub.member(transport, room);
      people.push(next);
      await watcher.hearsArrivalOf(next);
      await watcher.seesPresent(...people);
    }
  });
});
