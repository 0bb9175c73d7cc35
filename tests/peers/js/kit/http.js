// HTTP as it is, without a browser's or fetch's manners: any body, any header, from any loopback address.

import http from 'node:http';

/** How long an answer is waited for, in ms. Nothing shows how far it is, so this is only for a hub that hangs. */
const HANGS = 5 * 60_000;

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {http.IncomingHttpHeaders} headers
 * @property {string} text
 * @property {any} json the parsed body, or undefined if it is not JSON
 */

/**
 * @param {string} url
 * @param {{method?: string, body?: unknown, headers?: Record<string, string>, from?: string}} [options]
 *   `body`: a Buffer or string goes out as it is, anything else as JSON.
 * @returns {Promise<Answer>}
 */
export function request(url, { method = 'GET', body, headers = {}, from = '127.0.0.1' } = {}) {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const payload = body === undefined ? undefined : raw ? Buffer.from(body) : Buffer.from(JSON.stringify(body));
  const sent = {
    ...(payload && { 'content-type': 'application/json', 'content-length': String(payload.length) }),
    ...headers,
  };
  return new Promise((resolve, reject) => {
    let answered = false;
    const outgoing = http.request(url, { method, headers: sent, localAddress: from, agent: false }, (incoming) => {
      answered = true;
      const parts = [];
      incoming.on('data', (part) => parts.push(part));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const text = Buffer.concat(parts).toString();
        resolve({ status: incoming.statusCode, headers: incoming.headers, text, json: parsed(text) });
      });
    });
    outgoing.setTimeout(HANGS, () => outgoing.destroy(new Error(`${method} ${url}: no answer in ${HANGS} ms`)));
    // A server may refuse a large body before it has read it: then the answer counts, not the broken pipe.
    outgoing.on('error', (error) => answered || reject(error));
    outgoing.end(payload);
  });
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
