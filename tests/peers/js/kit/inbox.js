// What somebody has heard and not yet been asked about.

/** How long to wait for what must come. Generous: a busy machine is not a broken hub. */
export const PATIENCE = 15_000;

/** Events in the order they came. `take` waits for one that fits and removes it. */
export class Inbox {
  /** @type {{event: string, data: any}[]} */
  #events = [];
  /** @type {Set<() => void>} */
  #waiting = new Set();

  put(event, data) {
    this.#events.push({ event, data });
    for (const look of [...this.#waiting]) look();
  }

  /** Everything of one kind that has come and was not taken. */
  all(event) {
    return this.#events.filter((one) => one.event === event).map((one) => one.data);
  }

  clear() {
    this.#events = [];
  }

  /**
   * The first event of this kind that fits, now or as soon as it comes.
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
        clearTimeout(timer);
        resolve(data);
        return true;
      };
      const timer = setTimeout(() => {
        this.#waiting.delete(look);
        const heard = this.#events.slice(-8).map((one) => `${one.event} ${JSON.stringify(one.data)}`.slice(0, 300));
        reject(
          new Error(
            `no «${event}» that fits came in ${patience} ms; heard instead:\n  ${heard.join('\n  ') || 'nothing'}`,
          ),
        );
      }, patience);
      timer.unref(); // what nobody waits for any more need not keep the process
      if (!look()) this.#waiting.add(look);
    });
  }
}
