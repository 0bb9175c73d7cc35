// The shapes of the contract, as assertions.

import assert from 'node:assert/strict';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An answer or acknowledgement that went well; gives its data. */
export function assertDone(envelope) {
  assert.equal(envelope?.success, true, `not a success: ${JSON.stringify(envelope)}`);
  assert.equal(typeof envelope.message, 'string');
  assert.ok('data' in envelope, 'an envelope always has data');
  return envelope.data;
}

/** An error's envelope: no success, a message a person can read, no data. */
export function assertRefused(envelope) {
  assert.equal(envelope?.success, false, `not an error: ${JSON.stringify(envelope)}`);
  assert.equal(typeof envelope.message, 'string');
  assert.match(envelope.message, /\S/, 'the message is shown to a person');
  assert.equal(envelope.data, null);
}

/** An HTTP error: one of these statuses, with the envelope. */
export function assertHttpError(answer, ...statuses) {
  assert.ok(
    statuses.includes(answer.status),
    `status ${answer.status}, not ${statuses.join(' or ')}: ${answer.text.slice(0, 300)}`,
  );
  assertRefused(answer.json);
}

export function assertRoom(room) {
  assert.match(room.id, UUID);
  assert.equal(typeof room.title, 'string');
  assert.equal(typeof room.namespace, 'string');
  assert.ok(Number.isInteger(room.capacity));
  assert.match(room.createdAt, TIME);
  assert.match(room.expiresAt, TIME);
  assert.equal(typeof room.isExpired, 'boolean');
  assert.equal(typeof room.isPassword, 'boolean');
  assert.equal(room.userId, null);
  assert.ok(!('password' in room), 'a room never carries its password');
}

export function assertChatter(chatter) {
  assert.match(chatter.id, UUID);
  assert.match(chatter.nickname, /\S/);
  assert.match(chatter.createdAt, TIME);
  assert.equal(typeof chatter.isActive, 'boolean');
  if (chatter.isActive) assert.equal(chatter.deletedAt, null);
  else assert.match(chatter.deletedAt, TIME);
}

export function assertMessage(message, type = 'MESSAGE') {
  assert.ok(Number.isInteger(message.id));
  assert.equal(message.type, type);
  assert.equal(typeof message.content, 'string');
  assert.match(message.sentAt, TIME);
  assert.match(message.roomId, UUID);
  assertChatter(message.chatter);
  assert.equal(message.chatterId, message.chatter.id);
}
