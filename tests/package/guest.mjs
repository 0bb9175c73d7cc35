// Somebody who chats with an installed hub from another machine, through npm's own socket.io-client.
//
//   node guest.mjs ADDRESS FILE say TEXT   says it in the first room, and waits until the room has it
//   node guest.mjs ADDRESS FILE read       prints what this guest may read there, a line each
//   node guest.mjs ADDRESS FILE stay       prints "joined" each time it got in, until it is ended
//
// FILE keeps who the guest is from one call to the next.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const { io } = createRequire(new URL('../peers/js/package.json', import.meta.url))('socket.io-client');
/** How long nothing may come from the hub while something is waited for; it pings every 25 s, which does not count. */
const PATIENCE = 20_000;
const [address, file, verb, text] = process.argv.slice(2);

async function call(method, path, headers = {}) {
  const answer = await (await fetch(address + path, { method, headers })).json();
  if (!answer.success) throw new Error(answer.message);
  return answer.data;
}

async function token() {
  if (!existsSync(file)) writeFileSync(file, (await call('POST', '/api/identity')).token);
  return readFileSync(file, 'utf8');
}

const [room] = await call('GET', '/chat/rooms');
const auth = { token: await token() };
const socket = io(`${address}/${room.namespace}`, { transports: ['websocket'], auth });

/** The value of a promise, for as long as something comes from the hub. */
async function whileItComes(promise, what) {
  let timer;
  const quiet = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: nothing came for ${PATIENCE} ms`)), PATIENCE);
  });
  const moves = ({ type }) => type !== 'ping' && timer.refresh();
  const { engine } = socket.io;
  engine?.on('packet', moves);
  return Promise.race([promise, quiet]).finally(() => {
    clearTimeout(timer);
    engine?.off('packet', moves);
  });
}

async function ask(event, payload) {
  const ack = await whileItComes(socket.emitWithAck(event, payload), event);
  if (!ack.success) throw new Error(ack.message);
  return ack.data;
}

async function join() {
  if (!socket.connected) await whileItComes(new Promise((resolve) => socket.once('connect', resolve)), 'connecting');
  return ask('joinRoom', { roomId: room.id, chatterId: null });
}

if (verb === 'stay') {
  socket.on('connect', () => join().then(() => console.log('joined'), (error) => console.log(String(error))));
} else {
  const heard = new Promise((resolve) => {
    socket.on('sendMessage', (message) => message.content === text && resolve());
  });
  await join();
  if (verb === 'say') {
    await ask('sendMessage', { roomId: room.id, content: text });
    await whileItComes(heard, 'the message does not come');
  } else {
    const path = `/api/rooms/${room.id}/messages?after=0`;
    const { messages } = await call('GET', path, { authorization: `Bearer ${auth.token}` });
    for (const message of messages) console.log(message.content);
  }
  socket.close();
}
