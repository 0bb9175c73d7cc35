// This browser's identity, where it keeps no cookies: a token from the hub, which the page sends along itself.
//
// A browser with cookies never has one: there the hub's HttpOnly cookie says who asks, and no script sees it.

import type { Answer } from "../wire";
import type { Memory } from "./storage";

const TOKEN = "cola.token";

export class Identity {
  constructor(
    private readonly memory: Memory,
    private readonly ask: () => Promise<Answer<string>>,
    private readonly keepsCookies: () => boolean,
  ) {}

  /** The token that every call and connection sends, if there is one. */
  get token(): string | null {
    return this.memory.get(TOKEN);
  }

  /** Whether nothing would say who asks. */
  get isMissing(): boolean {
    return this.token === null && !this.keepsCookies();
  }

  /** Takes a new token from the hub: there is none, or the hub does not know the one there is. */
  async take(): Promise<Answer<string>> {
    const before = this.token;
    const answer = await this.ask();
    // Another tab may have taken one meanwhile: one browser is one person.
    const isFirst = this.token === before;
    if (answer.ok && isFirst) this.memory.set(TOKEN, answer.data);
    return answer;
  }
}
