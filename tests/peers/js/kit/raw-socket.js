// The protocol by hand, for what no decent client would send: https://socket.io/docs/v4/socket-io-protocol/

import { once } from 'node:events';
import WebSocket from 'ws';
import { Inbox } from './inbox.js';

/** An Engine.IO session on a WebSocket that speaks only when told to, but answers pings. */
export class RawSocket {
  inbox = new Inbox();

  /** @param {string} url of the hub */
  static async open(url, headers = {}) {
    const raw = new RawSocket();
    raw.ws = new WebSocket(`${url.replace(/^http/, 'ws')}/socket.io/?EIO=4&transport=websocket`, { headers });
    raw.ws.on('upgrade', (answer) => (raw.handshake = answer.headers));
    raw.ws.on('message', (data, isBinary) => raw.#receives(isBinary ? data : String(data)));
    raw.ws.on('close', (code) => raw.inbox.put('closed', code));
    raw.ws.on('error', () => {});
    await raw.gets('0{');
    return raw;
  }

  #receives(packet) {
    if (packet === '2') this.ws.send('3');
    else this.inbox.put('packet', packet);
  }

  get isOpen() {
    return this.ws.readyState === WebSocket.OPEN;
  }

  /** A text frame with exactly these bytes, or this string. */
  sends(packet) {
    this.ws.send(packet, { binary: false });
  }

  sendsBinary(bytes) {
    this.ws.send(bytes, { binary: true });
  }

  /** Waits for a packet that begins like this and gives it. */
  gets(beginning) {
    return this.inbox.take('packet', (packet) => typeof packet === 'string' && packet.startsWith(beginning));
  }

  /** Connects to a namespace. */
  async connects(namespace) {
    this.sends(`40/${namespace},`);
    await this.gets(`40/${namespace},`);
  }

  /** Sends an event with an acknowledgement asked for; gives the acknowledged envelope. */
  async asks(namespace, ...event) {
    const id = ++this.asked;
    this.sends(`42/${namespace},${id}${JSON.stringify(event)}`);
    return this.acked(namespace, id);
  }

  asked = 0;

  /** Waits for the acknowledgement with this number. */
  async acked(namespace, id) {
    const head = `43/${namespace},${id}[`;
    const packet = await this.gets(head);
    return JSON.parse(packet.slice(head.length - 1))[0];
  }

  /** Stops reading, as a phone does that went out of range: the connection stays, nothing is taken from it. */
  stopsReading() {
    this.ws.pause();
  }

  async closes() {
    if (this.ws.readyState === WebSocket.CLOSED) return;
    const closed = once(this.ws, 'close');
    this.ws.terminate();
    await closed;
  }
}
