// People of two hubs that share one PostgreSQL, of which one hub is cut off for a while. Arguments: the URL of the hub
// that is cut off, and that of the other. It says how far it is, a line each, and goes on when it is told.

import assert from 'node:assert/strict';
import { createInterface } from 'node:readline';
import { io } from '../peers/js/kit/client.js';
import { until, untilCount } from '../peers/js/kit/patience.js';
import { Roamer } from '../several/kit/roamer.js';

const [cut, other] = process.argv.slice(2);
const told = createInterface(process.stdin)[Symbol.asyncIterator]();

/** Says how far it is, and waits until it is told to go on. */
async function step(what) {
  console.log(what);
  await told.next();
}

async function call(url, path, options) {
  const answer = await fetch(url + path, options);
  return (await answer.json()).data;
}

const wanted = { namespace: 'cut', title: 'cut', capacity: 0, isPassword: false };
const headers = { 'content-type': 'application/json' };
const room = await call(other, '/chat/rooms', { method: 'POST', headers, body: JSON.stringify(wanted) });
await until('the hub knows the room', async () => (await call(cut, '/chat/rooms')).some(({ id }) => id === room.id));

// Somebody who only reads, and never comes back by herself.
const { token } = await call(cut, '/api/identity', { method: 'POST' });
const reader = io(`${cut}/cut`, { transports: ['websocket'], forceNew: true, reconnection: false, auth: { token } });
const read = new Map();
let left = 0;
let roster = [];
for (const event of ['sendMessage', 'sendAlert']) reader.on(event, ({ seq, content }) => read.set(seq, content));
reader.on('returnChatters', (people) => (roster = people));
reader.on('disconnect', () => left++);
await new Promise((resolve) => reader.once('connect', resolve));
assert.equal((await reader.emitWithAck('joinRoom', { roomId: room.id, chatterId: null })).success, true);

// Two who talk without end: one on each hub.
const ann = new Roamer('ann', () => cut, room, { pause: 200 });
const ben = new Roamer('ben', () => other, room, { pause: 200 });
for (const person of [ann, ben]) await person.begin();
const heardOf = (person, name) => [...person.heard.values()].filter((content) => content.startsWith(`${name} `)).length;
await untilCount('both hear each other', () => Math.min(heardOf(ann, 'ben'), heardOf(ben, 'ann')), 5);

await step('together');
// The cut is made.
const answer = await reader.emitWithAck('sendMessage', { roomId: room.id, content: 'in vain', key: 'in vain' });
assert.equal(answer.success, false, JSON.stringify(answer));
assert.ok(answer.message.length > 10, JSON.stringify(answer));
assert.equal(left, 0, 'a reader is not sent away');
const before = ben.acknowledged.size;
await untilCount('the others go on', () => ben.acknowledged.size, before + 20);
// The dead hub's people have left for the others.
const leaving = () => [...ben.heard.values()].filter((content) => content.includes('퇴장')).length;
await untilCount('the others are told that two have left', leaving, 1, 60_000);

await step(`refused: ${answer.message}`);
// It is mended.
const silent = heardOf(ben, 'ann');
// TCP tries again after as long as the cut took, and she waits 15 s for an answer before she connects anew.
await untilCount('who was cut off is heard again', () => heardOf(ben, 'ann'), silent + 5, 60_000);
await Promise.all([ann, ben].map((person) => person.quiet()));
await Promise.all([ann, ben].map((person) => person.settles()));
for (const person of [ann, ben]) assert.deepEqual(person.faults, []);
// Everything that was acknowledged is there once, at the same place for both. What was said before somebody came is not theirs to
// read.
const place = (person, content) => [...person.heard].filter(([, said]) => said === content).map(([seq]) => seq);
for (const [content, seq] of [...ann.acknowledged, ...ben.acknowledged]) {
  for (const person of [ann, ben]) {
    assert.deepEqual(place(person, content), seq < person.first ? [] : [seq], `${content} for ${person.name}`);
  }
}
assert.deepEqual(place(ben, 'in vain').length <= 1, true);
// Whoever only read has missed nothing, or was sent to fetch it.
if (left === 0) {
  await untilCount('the reader has all', () => Math.max(0, ...read.keys()), Math.max(...ben.heard.keys()));
  for (const [seq, content] of ben.heard) if (seq >= Math.min(...read.keys())) assert.equal(read.get(seq), content);
}

/** Who is there, as a hub tells it. */
async function present(person) {
  person.socket.on('returnChatters', (people) => (person.roster = people));
  await person.socket.emitWithAck('returnChatters', { roomId: room.id });
  await until('the roster comes', () => person.roster);
  return person.roster.map(({ id }) => id).sort();
}
const [seen, alsoSeen] = [await present(ann), await present(ben)];
assert.deepEqual(seen, alsoSeen, 'both hubs tell of the same people');
assert.equal(new Set(seen).size, seen.length, 'nobody is there twice');
assert.equal(seen.length, left ? 2 : 3, `the reader was sent away ${left} times`);
console.log('whole');
process.exit(0);
