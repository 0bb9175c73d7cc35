// Somebody who chats, through npm's own socket.io-client.

import assert from 'node:assert/strict';
import { io } from 'socket.io-client';
import { Browser } from './browser.js';
import { Inbox } from './inbox.js';
import { untilCount } from './patience.js';

/** The client's own end of connecting, in ms: only for a connection that hangs. */
const CONNECTING = 5 * 60_000;

export class Person {
  /** The chatter this person was acknowledged as, once joined. */
  chatter = null;
  inbox = new Inbox();

  /**
   * @param {string} url of the hub
   * @param {{transport: 'websocket' | 'polling', browser?: Browser, options?: object}} how
   *   `options` go to socket.io-client as they are: `auth`, `extraHeaders`, …
   */
  constructor(url, { transport, browser = new Browser(), options = {} }) {
    this.url = url;
    this.transport = transport;
    this.browser = browser;
    this.options = options;
  }

  get id() {
    return this.chatter?.id;
  }

  get nickname() {
    return this.chatter?.nickname;
  }

  /** Connects to a namespace, as Cola Chat does: the URL is the hub's with the namespace behind it. */
  async connect(namespace) {
    this.namespace = namespace;
    this.socket = io(`${this.url}/${namespace}`, {
      transports: [this.transport],
      agent: this.browser,
      forceNew: true,
      reconnection: false,
      autoConnect: false,
      timeout: CONNECTING,
      ...this.options,
    });
    this.socket.onAny((event, data) => this.inbox.put(event, data));
    this.socket.on('disconnect', (reason) => this.inbox.put('disconnect', reason));
    const connected = new Promise((resolve, reject) => {
      this.socket.once('connect', resolve);
      this.socket.once('connect_error', reject);
      // Alone where the hub ends between the transport's handshake and the answer of the namespace.
      this.socket.once('disconnect', (reason) => reject(new Error(`not connected: ${reason}`)));
    });
    this.socket.connect();
    await connected;
    return this;
  }

  /** Sends an event and resolves with the acknowledged envelope, whatever it says. */
  asks(event, ...payload) {
    const acked = this.socket.emitWithAck(event, ...payload).then((answer) => {
      if (answer instanceof Error) throw answer; // the connection has ended
      this.inbox.moves();
      return answer;
    });
    return this.inbox.whileItMoves(acked, `${event} is not acknowledged`);
  }

  /** Sends an event and resolves with the acknowledged data; a refusal throws. */
  async #does(event, ...payload) {
    const answer = await this.asks(event, ...payload);
    assert.equal(answer.success, true, `${event} was refused: ${JSON.stringify(answer)}`);
    return answer.data;
  }

  /** Joins a room, connecting to its namespace first where need be. Once a chatter there, always that chatter. */
  async join(room, { chatterId = this.id ?? null, ...more } = {}) {
    if (!this.socket?.connected) await this.connect(room.namespace);
    const acked = await this.#does('joinRoom', { roomId: room.id, chatterId, ...more });
    this.room = room;
    this.chatter = acked;
    return acked;
  }

  /** Says something in the room and resolves once it is acknowledged. */
  says(content) {
    return this.#does('sendMessage', { roomId: this.room.id, content });
  }

  /**
   * Says all of it without waiting for one to be acknowledged before the next, and resolves with what was acknowledged, in
   * that order. At most `underWay` are not acknowledged at a time: behind thousands, on a slow board, the client's own
   * heartbeat would come too late.
   */
  async saysAll(contents, { underWay = 200 } = {}) {
    const acked = [];
    const refused = [];
    let next = 0;
    const more = () => {
      while (next < contents.length && next - acked.length < underWay) {
        const content = contents[next++];
        this.socket.emit('sendMessage', { roomId: this.room.id, content }, (answer) => {
          if (!answer.success) refused.push(`${content}: ${JSON.stringify(answer)}`);
          acked.push(content);
          more();
        });
      }
    };
    more();
    await untilCount('all is acknowledged', () => acked.length, contents.length);
    assert.deepEqual(refused, []);
    return acked;
  }

  /** Waits for what somebody said. */
  hears(content) {
    return this.inbox.take('sendMessage', (message) => message.content === content);
  }

  /** Sends an alert of one's own, as Cola Chat does after a rename. Its front end asks for no acknowledgement. */
  alerts(content) {
    this.socket.emit('sendAlert', { roomId: this.room.id, content });
  }

  /** Waits for an alert with these words. */
  hearsAlert(words) {
    return this.inbox.take('sendAlert', (alert) => alert.content === words);
  }

  hearsArrivalOf(person) {
    return this.inbox.take(
      'sendAlert',
      (alert) => alert.chatterId === person.id && alert.content.includes('입장했습니다'),
    );
  }

  hearsDepartureOf(person) {
    return this.inbox.take(
      'sendAlert',
      (alert) => alert.chatterId === person.id && alert.content.includes('퇴장했습니다'),
    );
  }

  /** Waits for a roster of exactly these people. */
  seesPresent(...people) {
    const wanted = people.map((one) => one.id).sort();
    return this.inbox.take('returnChatters', (roster) => {
      const ids = roster.map((chatter) => chatter.id).sort();
      return ids.length === wanted.length && ids.every((id, at) => id === wanted[at]);
    });
  }

  /** Waits for the error event that goes with every refusal: an envelope as a JSON string. */
  async hearsError() {
    return JSON.parse(await this.inbox.take('message'));
  }

  /** Leaves the room and stays connected. */
  leaves() {
    return this.#does('leaveRoom');
  }

  /** Goes away, as a closed tab does. */
  disconnect() {
    this.socket?.disconnect();
  }

  /** Reloads the page: a new connection, and the chatter id kept in sessionStorage. */
  async refreshes() {
    const { room } = this;
    this.disconnect();
    return this.join(room);
  }

  /**
   * Asserts that nothing of this kind has come. What was on its way is given time to arrive:
   * the person says something and hears it, and whatever was sent before came before.
   */
  async hasHeardNo(event) {
    const word = `is anybody there ${++Person.#words}`;
    await this.says(word);
    await this.hears(word);
    assert.deepEqual(this.inbox.all(event), [], `«${event}» was not expected`);
  }

  static #words = 0;
}
