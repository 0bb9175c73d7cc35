// Input that no decent client sends.

/** An array in an array in an array, as text: too deep for JSON.stringify to be asked for it. */
export const nested = (depth) => '['.repeat(depth) + ']'.repeat(depth);

export const MEGABYTE = 'm'.repeat(1024 * 1024);

/** One grapheme cluster, and far too much of it. */
export const ZALGO = `z${'\u0301'.repeat(200_000)}`;

/** Arguments that are wrong for every event that takes a room. */
export function wrongArguments(room) {
  const { id: roomId } = room;
  return {
    nothing: [],
    null: [null],
    'a number': [7],
    'a string': ['roomId'],
    'a truth value': [true],
    'an array': [[roomId]],
    'an empty object': [{}],
    'no roomId': [{ content: 'x', chatterId: null, nickname: 'x' }],
    'roomId null': [{ roomId: null, content: 'x', nickname: 'x' }],
    'roomId a number': [{ roomId: 7, content: 'x', nickname: 'x' }],
    'roomId an array': [{ roomId: [roomId], content: 'x', nickname: 'x' }],
    'roomId an object': [{ roomId: { $ne: null }, content: 'x', nickname: 'x' }],
    'roomId no UUID': [{ roomId: 'x', content: 'x', nickname: 'x' }],
    'roomId a long text': [{ roomId: 'x'.repeat(10_000), content: 'x', nickname: 'x' }],
    bytes: [Buffer.from([0, 1, 2, 255])],
    'roomId of bytes': [{ roomId: Buffer.from(roomId), content: 'x', nickname: 'x' }],
  };
}

/** Arguments that are wrong for one event only. */
export function wrongFields(event, room) {
  const { id: roomId } = room;
  const values = {
    null: null,
    'a number': 7,
    'an array': ['x'],
    'an object': { x: 1 },
    'a truth value': true,
    bytes: Buffer.from('x'),
  };
  const field = { joinRoom: 'chatterId', sendMessage: 'content', sendAlert: 'content', renameChatter: 'nickname' }[
    event
  ];
  if (!field) return {};
  const wrong = {};
  for (const [what, value] of Object.entries(values)) {
    // A null chatterId is how one asks for a new chatter.
    if (!(field === 'chatterId' && value === null)) wrong[`${field} ${what}`] = [{ roomId, [field]: value }];
  }
  if (field !== 'chatterId') {
    wrong[`${field} missing`] = [{ roomId }];
  }
  return wrong;
}
