// Guessing a password is limited, whichever door one tries. Each story has a hub of its own:
// a limit that was reached stays reached for a while.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, assertRefused, withHub } from '../kit.js';

const GUESSES = 60;

describe('guessing by access-check', () => {
  const the = withHub({ COLAHUB_LIMITS_PROFILE: 'event' });

  it('ends in 429, and then the right password is no better', async () => {
    const room = await the.hub.room({ password: 'opensesame' });
    const guess = (password) => the.hub.calls('POST', `/chat/rooms/${room.id}/access-check`, { body: { password } });
    const answers = await Promise.all(Array.from({ length: GUESSES }, (_, n) => guess(`guess ${n}`)));
    const refused = answers.filter((answer) => answer.status === 429);
    for (const answer of refused) assertHttpError(answer, 429);
    for (const answer of answers.filter((one) => one.status !== 429)) assert.equal(assertDone(answer.json), false);
    assert.ok(refused.length >= GUESSES / 2, `only ${refused.length} of ${GUESSES} guesses were refused`);
    // A guess that was refused before it was checked does not count; one after the other they all do.
    for (let n = 0; n < GUESSES; n++) await guess(`wrong ${n}`);
    assertHttpError(await guess('opensesame'), 429);
  });
});

describe('guessing by joinRoom', () => {
  const the = withHub({ COLAHUB_LIMITS_PROFILE: 'event' });

  it('ends in refusals that do not look at the password any more', async () => {
    const room = await the.hub.room({ password: 'opensesame' });
    const guesser = await the.hub.person('websocket').connect(room.namespace);
    const guess = (password) => guesser.asks('joinRoom', { roomId: room.id, chatterId: null, password });
    const answers = await Promise.all(Array.from({ length: GUESSES }, (_, n) => guess(`guess ${n}`)));
    for (const answer of answers) assertRefused(answer);
    assertRefused(await guess('opensesame'));
  });

  it('cannot be gone on with over new connections', async () => {
    const room = await the.hub.room({ password: 'opensesame' });
    for (let n = 0; n < GUESSES; n++) {
      const guesser = await the.hub.person('websocket').connect(room.namespace);
      assertRefused(await guesser.asks('joinRoom', { roomId: room.id, chatterId: null, password: `guess ${n}` }));
      guesser.disconnect();
    }
    const guesser = await the.hub.person('websocket').connect(room.namespace);
    assertRefused(await guesser.asks('joinRoom', { roomId: room.id, chatterId: null, password: 'opensesame' }));
  });
});
