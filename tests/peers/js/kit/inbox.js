// The events that a person has heard and that no story has asked for yet.

import { PATIENCE } from './patience.js';

/** Events in the order they came. `take` waits for one that fits and removes it. */
export class Inbox {
  /** @type {{event: string, data: any}[]} */
  #events = [];
  /** @type {Set<() => void>} */
  #waiting = new Set();
  /** @type {Set<NodeJS.Timeout>} */
  #timers = new Set();

  put(event, data) {
    this.#events.push({ event, data });
    this.moves();
    for (const look of [...this.#waiting]) look();
  }

  /** Something has come: whoever waits for something else begins to wait again. */
  moves() {
    for (const timer of this.#timers) timer.refresh();
  }

  /** The value of a promise; rejects when nothing has come for `patience` in the meantime. */
  whileItMoves(promise, what, patience = PATIENCE) {
    let timer;
    const quiet = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${what}, and nothing has come for ${patience} ms`)), patience);
      this.#timers.add(timer);
    });
    return Promise.race([promise, quiet]).finally(() => this.#forgets(timer));
  }

  #forgets(timer) {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  /** Everything of one kind that has come and was not taken. */
  all(event) {
    return this.#events.filter((one) => one.event === event).map((one) => one.data);
  }

  clear() {
    this.#events = [];
  }

  /**
   * The first event of this kind that fits, now or as soon as it comes. Rejects when nothing at all has come for
   * `patience`.
   * @param {string} event
   * @param {(data: any) => boolean} [fits]
   */
  take(event, fits = () => true, patience = PATIENCE) {
    return new Promise((resolve, reject) => {
      const look = () => {
        const found = this.#events.findIndex((one) => one.event === event && fits(one.data));
        if (found < 0) return false;
        const [{ data }] = this.#events.splice(found, 1);
        this.#waiting.delete(look);
        this.#forgets(timer);
        resolve(data);
        return true;
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        this.#forgets(timer);
        const heard = this.#events.slice(-8).map((one) => `${one.event} ${JSON.stringify(one.data)}`.slice(0, 300));
        reject(
          new Error(
            `no «${event}» that fits came, and nothing else for ${patience} ms; heard before:\n  ${heard.join('\n  ') || 'nothing'}`,
          ),
        );
      }, patience);
      this.#timers.add(timer);
      timer.unref(); // what nobody waits for any more need not keep the process
      if (!look()) this.#waiting.add(look);
    });
  }
}
