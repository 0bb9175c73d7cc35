// Somebody who talks without end, goes to another hub when theirs is gone, and knows what they were promised.

import { setTimeout as elapsed } from 'node:timers/promises';
import { io } from '../../peers/js/kit/client.js';

/** How long an answer may take before another hub is tried with the same key. */
const ANSWER = 15_000;

export class Roamer {
  /** The acknowledged messages: the place of each key. */
  acknowledged = new Map();
  /** The messages that were heard: the content of each place. */
  heard = new Map();
  /** Faults that were seen: a place with two contents, a refusal that should not be. */
  faults = [];
  /** Each absence: when the connection to `url` was lost, and when they were in a room again, by `performance.now()`. */
  absences = [];
  /** Each message: when it was said first, and when it was acknowledged. */
  sends = [];
  last = 0;
  #running = true;
  #gone = false;
  #count = 0;

  /**
   * @param {string} name
   * @param {() => string} pick chooses the URL of a hub
   * @param {{id: string, namespace: string}} room
   * @param {{pause: number}} options between two messages, in ms on average
   */
  constructor(name, pick, room, { pause }) {
    Object.assign(this, { name, pick, room, pause });
  }

  async begin() {
    const answer = await fetch(`${this.pick()}/api/identity`, { method: 'POST' });
    this.token = (await answer.json()).data.token;
    await this.#join();
    this.talking = this.#talk();
  }

  /** Says no more; resolves when everything that was said is acknowledged. */
  async quiet() {
    this.#running = false;
    await this.talking;
  }

  /** Is there, and has all that there is. */
  async settles() {
    if (!this.socket?.connected) await this.#join();
    else await this.#catchUp();
  }

  /** Gives up whatever is under way, and says no more. */
  leave() {
    this.#gone = true;
    this.#running = false;
    this.socket?.disconnect();
  }

  async #talk() {
    while (this.#running) {
      await elapsed(this.pause * (0.5 + Math.random()));
      if (!this.#running) return;
      await this.#says(`${this.name} ${++this.#count}`);
    }
  }

  /** Says it until it is acknowledged, always with the same key. */
  async #says(content) {
    const from = performance.now();
    while (!this.#gone) {
      if (!this.socket?.connected) await this.#join();
      const answer = await this.#asks('sendMessage', { roomId: this.room.id, content, key: content });
      if (answer?.success) {
        this.acknowledged.set(content, answer.data.seq);
        this.#hears(answer.data);
        this.sends.push({ from, to: performance.now() });
        return;
      }
      // Not now: the database is away, or this hub has just been told that it was dead.
      if (answer && ![503, 403, 404, 429].includes(answer.statusCode ?? answer.status ?? 503)) {
        this.faults.push(`${content} was refused: ${JSON.stringify(answer)}`);
        return;
      }
      await elapsed(100);
      if (answer) this.socket?.disconnect();
    }
  }

  #asks(event, data) {
    const { socket } = this;
    return Promise.race([
      socket.timeout(ANSWER).emitWithAck(event, data).catch(() => null),
      new Promise((gone) => socket.once('disconnect', () => gone(null))),
    ]);
  }

  async #join() {
    const lost = this.lost ?? performance.now();
    const left = this.url;
    while (!this.#gone) {
      this.socket?.disconnect();
      this.url = this.pick();
      const socket = (this.socket = io(`${this.url}/${this.room.namespace}`, {
        transports: ['websocket'],
        forceNew: true,
        reconnection: false,
        timeout: 3_000,
        auth: { token: this.token },
      }));
      // What comes behind the join's answer is handled before whoever awaits that answer goes on.
      let waiting = [];
      const hears = (message) => (waiting ? waiting.push(message) : this.#hears(message));
      for (const event of ['sendMessage', 'sendAlert']) socket.on(event, hears);
      socket.on('disconnect', () => (this.lost ??= performance.now()));
      const connected = await new Promise((resolve) => {
        socket.once('connect', () => resolve(true));
        // Alone where the hub was killed between the transport's handshake and the answer of the namespace.
        for (const event of ['connect_error', 'disconnect']) socket.once(event, () => resolve(false));
      });
      if (connected) {
        const after = this.chatter ? { after: this.last, epoch: this.epoch } : {};
        const answer = await this.#asks('joinRoom', { roomId: this.room.id, chatterId: this.chatter ?? null, ...after });
        if (answer?.success) {
          this.#begins(answer.data);
          for (const message of waiting) this.#hears(message);
          waiting = null;
          if (answer.data.more || this.last < answer.data.lastSeq) await this.#catchUp();
          if (left) this.absences.push({ url: left, from: lost, to: performance.now() });
          this.lost = null;
          return;
        }
      }
      await elapsed(50 + 200 * Math.random());
    }
  }

  #begins(entry) {
    if (this.chatter && this.chatter !== entry.id) this.faults.push(`${this.name} came back as somebody else`);
    if (entry.reset && !this.mayBeginAgain) this.faults.push(`${this.name} had to begin again`);
    if (entry.reset) {
      this.heard.clear();
      this.acknowledged.clear();
      this.last = entry.firstSeq - 1;
      this.resets = (this.resets ?? 0) + 1;
    }
    this.chatter = entry.id;
    this.epoch = entry.epoch;
    // Places before that are not for them to read.
    this.first ??= entry.firstSeq;
    if (this.last === 0) this.last = this.first - 1;
    for (const message of entry.missed ?? []) this.#hears(message);
  }

  /** Fetches missing messages, by the same call that the page makes. */
  async #catchUp() {
    for (let more = true; more && !this.#gone; ) {
      const query = `after=${this.last}&limit=200`;
      const headers = { authorization: `Bearer ${this.token}` };
      const answer = await fetch(`${this.pick()}/api/rooms/${this.room.id}/messages?${query}`, { headers }).catch(() => null);
      if (!answer?.ok) {
        await elapsed(100);
        continue;
      }
      const { data } = await answer.json();
      for (const message of data.messages) this.#hears(message);
      ({ more } = data);
    }
  }

  #hears(message) {
    const known = this.heard.get(message.seq);
    if (known !== undefined && known !== message.content) {
      this.faults.push(`place ${message.seq} is «${known}» and «${message.content}»`);
    }
    this.heard.set(message.seq, message.content);
    while (this.heard.has(this.last + 1)) this.last++;
  }
}
