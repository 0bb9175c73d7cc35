// Cola Chat's HTTP calls: to another origin, and without credentials.

const query = new URLSearchParams(location.search);

/** The hub. A page of Cola Chat's has this from its build. */
export const BASE = query.get('hub');
export const ROOM_ID = query.get('room');
export const PASSWORD = query.get('password') ?? '';
export const HOOK = query.get('hook');

async function call(method, path, body) {
  const answer = await fetch(BASE + path, {
    method,
    ...(body && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const envelope = await answer.json();
  if (!envelope.success) throw new Error(envelope.message);
  return envelope.data;
}

export const listRooms = () => call('GET', '/chat/rooms');
export const checkAccess = (roomId, password) => call('POST', `/chat/rooms/${roomId}/access-check`, { password });
export const checkReentry = (roomId, chatterId) => call('GET', `/chat/rooms/${roomId}/${chatterId}/reentry-check`);
export const readMessages = (roomId, page, chatterId) => call('GET', `/chat/messages/${roomId}/${page}/${chatterId}`);
export const changeNickname = (chatterId, nickname) =>
  call('PATCH', `/chat/chatters/${chatterId}/nickname`, { nickname });
