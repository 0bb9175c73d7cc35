// One who talks without end, over plain Socket.IO: some on their way at any time, in order.

import { createRequire } from "node:module";

const { io } = createRequire(import.meta.url)("socket.io-client");

const FLYING = 20;

/** Says "1번째 글" to "`count`번째 글" in a room, and leaves. */
export async function talk(url, room, count) {
  const socket = io(`${url}/${room.namespace}`, { transports: ["websocket"], forceNew: true });
  const joined = await socket.emitWithAck("joinRoom", { roomId: room.id, chatterId: null });
  if (!joined.success) throw new Error(joined.message);
  for (let n = 0; n < count; n += FLYING) {
    const some = Array.from({ length: Math.min(FLYING, count - n) }, (_, at) => `${n + at + 1}번째 글`);
    const acks = await Promise.all(
      some.map((content) => socket.emitWithAck("sendMessage", { roomId: room.id, content })),
    );
    const refused = acks.find((ack) => !ack.success);
    if (refused) throw new Error(refused.message);
  }
  socket.disconnect();
}

/** Somebody in a room who is no browser: quick to say much, and past the wire, so that their network is never cut. */
export async function talker(hub, room, password) {
  const socket = io(`${hub.direct}/${room.namespace}`, { transports: ["websocket"], forceNew: true });
  const ask = async (event, payload) => {
    for (;;) {
      const { success, message, data, code, retryAfter } = await socket.emitWithAck(event, { roomId: room.id, ...payload });
      if (success) return data;
      if (code !== "too_fast") throw new Error(message);
      await new Promise((resolve) => setTimeout(resolve, 1000 * (retryAfter ?? 1)));
    }
  };
  let present = [];
  socket.on("returnChatters", (chatters) => (present = chatters));
  const { nickname } = await ask("joinRoom", { chatterId: null, password });
  const says = (content, more = {}) => ask("sendMessage", { content, ...more });
  return {
    nickname,
    /** Says it, and returns the message. */
    says,
    /** Says `of(1)` to `of(count)`, in order. */
    async saysMany(count, of) {
      for (let n = 0; n < count; n += FLYING) {
        const some = Array.from({ length: Math.min(FLYING, count - n) }, (_, at) => of(n + at + 1));
        await Promise.all(some.map((content) => says(content)));
      }
    },
    /** Says it to somebody who is there, by their name. */
    names: (nickname, content) =>
      says(`@${nickname} ${content}`, { mentions: present.filter((one) => one.nickname === nickname).map(({ id }) => id) }),
    /** Votes for a question. */
    votes: (seq) => ask("vote", { seq, on: true }),
    /** Chooses answers of a poll, by their places. */
    chooses: (pollId, ...options) => ask("votePoll", { pollId, options }),
    takesBack: (seq) => ask("takeBack", { seq }),
    wasFine() {},
    leaves: () => void socket.disconnect(),
  };
}

/** So many people in a room who say nothing, for as long as `tell` takes. */
export async function crowd(url, room, count, tell) {
  const sockets = Array.from({ length: count }, () =>
    io(`${url}/${room.namespace}`, { transports: ["websocket"], forceNew: true }),
  );
  try {
    await Promise.all(
      sockets.map(async (socket) => {
        const joined = await socket.emitWithAck("joinRoom", { roomId: room.id, chatterId: null });
        if (!joined.success) throw new Error(joined.message);
      }),
    );
    await tell();
  } finally {
    for (const socket of sockets) socket.disconnect();
  }
}
