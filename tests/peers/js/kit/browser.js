// A person's browser, as the hub sees it: the address they come from and the cookies their browser keeps.

import http from 'node:http';

/**
 * An HTTP agent that behaves as one browser: it connects from one address, keeps the cookies it is given,
 * and brings them along. socket.io-client takes it as its `agent`, for both transports.
 */
export class Browser extends http.Agent {
  /** @param {{address?: string, keepsCookies?: boolean}} [options] */
  constructor({ address = '127.0.0.1', keepsCookies = true } = {}) {
    super({ localAddress: address });
    this.address = address;
    this.keepsCookies = keepsCookies;
    /** @type {Map<string, string>} */
    this.cookies = new Map();
  }

  /** The `Cookie` header this browser would send. */
  get cookie() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Node calls this for every request that goes through the agent, before its headers leave. */
  addRequest(request, ...rest) {
    if (this.cookie && !request.hasHeader('cookie')) request.setHeader('cookie', this.cookie);
    if (this.keepsCookies) {
      const learn = (answer) => this.#learn(answer.headers['set-cookie'] ?? []);
      request.prependOnceListener('response', learn);
      request.prependOnceListener('upgrade', learn);
    }
    return super.addRequest(request, ...rest);
  }

  #learn(setCookies) {
    for (const line of setCookies) {
      const [pair] = line.split(';');
      const cut = pair.indexOf('=');
      this.cookies.set(pair.slice(0, cut).trim(), pair.slice(cut + 1).trim());
    }
  }
}
