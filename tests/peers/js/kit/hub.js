// A hub of one's own: the real program, an empty data directory, a free port.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import assert from 'node:assert/strict';
import { Browser } from './browser.js';
import { endsWithThis } from './ends.js';
import { spent, untilMoved } from './patience.js';
import { request } from './http.js';
import { Person } from './person.js';

let roomsMade = 0;

export class Hub {
  /** @type {Person[]} */
  #people = [];
  log = '';

  /**
   * Starts a hub that speaks Korean, as Cola Chat does, and knows that all its people have one address.
   * More configuration comes by variables: `{ COLAHUB_ROOMS_LIFETIME: '2s' }`.
   * @param {Record<string, string>} [settings]
   */
  static async start(settings = {}) {
    const hub = new Hub();
    hub.settings = settings;
    hub.directory = await mkdtemp(join(tmpdir(), 'colahub-peers-'));
    await hub.#run();
    return hub;
  }

  async #run() {
    const program = process.env.COLAHUB_BIN;
    assert.ok(program, 'COLAHUB_BIN must name the colahub program');
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('COLAHUB_'));
    const data = join(this.directory, 'data');
    const run = spawn(program, ['run', '--listen', '127.0.0.1:0', '--no-mdns', '--data-dir', data], {
      cwd: this.directory,
      env: { ...Object.fromEntries(inherited), COLAHUB_LANGUAGE: 'ko', COLAHUB_LIMITS_PROFILE: 'nat', ...this.settings },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = endsWithThis(run);
    this.exited = once(this.process, 'exit').then(([code, signal]) => ({ code, signal }));
    this.process.stderr.on('data', (part) => (this.log += part));
    this.url = await this.#address();
    this.port = Number(new URL(this.url).port);
  }

  /** The address the hub says it listens on, from its own output. It may have much to do before. */
  #address() {
    let said = '';
    this.process.stdout.on('data', (part) => (said += part));
    const address = () => {
      const { exitCode, signalCode } = this.process;
      if (exitCode !== null || signalCode !== null) throw new Error(`the hub ended with ${exitCode ?? signalCode}\n${this.log}`);
      return /listening on (http:\/\/[^\s/]+)/.exec(said)?.[1];
    };
    return untilMoved('the hub listens', address, () => spent(this.process.pid));
  }

  /** Asks the process to end and says how it did and how long it took. Its data stays. */
  async ends(signal = 'SIGTERM') {
    const begun = Date.now();
    this.process.kill(signal);
    const how = await this.exited;
    return { ...how, took: Date.now() - begun };
  }

  /** Starts again on the same data, on whatever port is free. People connect anew. */
  async startsAgain() {
    await this.#run();
    for (const person of this.#people) person.url = this.url;
  }

  /** Ends the hub and removes its data. */
  async stop() {
    for (const person of this.#people) person.disconnect();
    if (this.process.exitCode === null && this.process.signalCode === null) this.process.kill('SIGKILL');
    await this.exited;
    await rm(this.directory, { recursive: true, force: true });
  }

  /** What a command of the host's says about this hub: `host('room', 'list', '--json')`. A failure throws. */
  async host(...command) {
    const flags = ['--data-dir', join(this.directory, 'data')];
    const { stdout } = await promisify(execFile)(process.env.COLAHUB_BIN, [...command, ...flags]);
    return stdout;
  }

  /** Resident memory in MB. */
  async memory() {
    const status = await readFile(`/proc/${this.process.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) / 1024;
  }

  /** @returns {Person} somebody new, with a browser of their own; connected once they join a room */
  person(transport, { address, browser = new Browser({ address }), ...options } = {}) {
    const person = new Person(this.url, { transport, browser, options });
    this.#people.push(person);
    return person;
  }

  /** Somebody who has joined the room, and has seen everything that their own joining brings. */
  async member(transport, room, options = {}) {
    const person = this.person(transport, options);
    await person.join(room);
    await person.hearsArrivalOf(person);
    await person.inbox.take('returnChatters', (roster) => roster.some((one) => one.id === person.id));
    return person;
  }

  /** @returns the answer to a call, credential-less as the front end's calls are, unless `headers` say otherwise */
  calls(method, path, options = {}) {
    return request(this.url + path, { method, ...options });
  }

  /** The body the front end sends to make a room. Open, roomy, and in a namespace of its own unless told otherwise. */
  roomForm(fields = {}) {
    const nth = ++roomsMade;
    const locked = Boolean(fields.password);
    return {
      namespace: `room-${nth}`,
      title: `Room ${nth}`,
      capacity: 16,
      isPassword: locked,
      password: '',
      ...fields,
    };
  }

  /** Makes a room. */
  async room(fields = {}) {
    const answer = await this.calls('POST', '/chat/rooms', { body: this.roomForm(fields) });
    assert.equal(answer.status, 201, answer.text);
    return answer.json.data;
  }

  /** A page of history as the front end asks for it. */
  async page(room, page, chatterId, options = {}) {
    const answer = await this.calls('GET', `/chat/messages/${room.id}/${page}/${chatterId}`, options);
    assert.equal(answer.status, 200, answer.text);
    return answer.json.data;
  }

  /** The whole history that a chatter may read, oldest first, gathered page by page. */
  async history(room, chatterId, options = {}) {
    const all = [];
    for (let page = 1; ; page++) {
      const messages = await this.page(room, page, chatterId, options);
      if (messages.length === 0) return all;
      all.unshift(...messages);
    }
  }

  /**
   * Waits until everybody who went away before this call is past their grace second, by the hub's own clock:
   * somebody in another room goes away later than they did, and their leaving has been announced.
   */
  async graceSecondPasses() {
    const elsewhere = await this.room({ namespace: 'hourglass' });
    const watcher = await this.member('websocket', elsewhere);
    const sand = await this.member('websocket', elsewhere);
    await watcher.hearsArrivalOf(sand);
    sand.disconnect();
    await watcher.hearsDepartureOf(sand);
    watcher.disconnect();
  }
}
