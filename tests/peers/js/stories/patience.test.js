// The stories' waits: the end comes when nothing has moved for a while, not at a fixed time.

import { spawn } from 'node:child_process';
import { it } from 'node:test';
import assert from 'node:assert/strict';
import { setTimeout as elapsed } from 'node:timers/promises';
import { Inbox } from '../kit/inbox.js';
import { spent, untilCount, untilMoved } from '../kit/patience.js';

const PATIENCE = 400;

/** Calls this in small steps, which together take several times the patience. */
async function slowly(step) {
  for (let n = 0; n < 40; n++) {
    await elapsed(PATIENCE / 10);
    step(n);
  }
}

it('a count that grows slowly is waited for', async () => {
  let count = 0;
  await Promise.all([untilCount('all are there', () => count, 40, PATIENCE), slowly(() => count++)]);
});

it('a count that stands still is not', async () => {
  await assert.rejects(untilCount('all are there', () => 3, 4, PATIENCE), /nothing moved for 400 ms: all are there \(3 of 4\)/);
});

it('a process is waited for while it computes, and not while it sleeps', async () => {
  const spins = spawn('sh', ['-c', 'while :; do :; done']);
  const sleeps = spawn('sleep', ['60']);
  const begun = Date.now();
  try {
    // Long enough that a full machine gets round to it.
    const patience = 5 * PATIENCE;
    const isOver = () => Date.now() - begun > 3 * patience && 'over';
    assert.equal(await untilMoved('it is over', isOver, () => spent(spins.pid), patience), 'over');
    await assert.rejects(untilMoved('it is over', () => false, () => spent(sleeps.pid), PATIENCE), /nothing moved/);
    await assert.rejects(untilMoved('it is over', () => false, () => Date.now(), PATIENCE, PATIENCE), /without end/);
  } finally {
    spins.kill('SIGKILL');
    sleeps.kill('SIGKILL');
  }
});

it('an event is waited for while others come', async () => {
  const inbox = new Inbox();
  const last = inbox.take('event', (n) => n === 39, PATIENCE);
  await Promise.all([last, slowly((n) => inbox.put('event', n))]);
});

it('an answer is waited for while events come, and not in silence', async () => {
  const inbox = new Inbox();
  const answer = slowly((n) => inbox.put('event', n));
  await inbox.whileItMoves(answer, 'no answer', PATIENCE);
  await assert.rejects(inbox.whileItMoves(new Promise(() => {}), 'no answer', PATIENCE), /no answer, and nothing has come/);
  const silence = assert.rejects(inbox.take('another', () => true, PATIENCE), /nothing else for 400 ms/);
  await Promise.all([silence, elapsed(2 * PATIENCE)]);
});
