// Cross-origin calls: allowed to the configured origins, and to no others.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { withHub } from '../kit.js';

const FRONT = 'http://127.0.0.1:3000';
const SECOND = 'https://cola.example';
const STRANGER = 'http://evil.example';
const SOMEBODYS = '00000000-0000-4000-8000-000000000000';

const CALLS = {
  'making a room': ['POST', '/chat/rooms'],
  'listing rooms': ['GET', '/chat/rooms'],
  'reading a room': ['GET', `/chat/rooms/${SOMEBODYS}`],
  'an access-check': ['POST', `/chat/rooms/${SOMEBODYS}/access-check`],
  'a reentry-check': ['GET', `/chat/rooms/${SOMEBODYS}/undefined/reentry-check`],
  'reading history': ['GET', `/chat/messages/${SOMEBODYS}/1/undefined`],
  'renaming oneself': ['PATCH', `/chat/chatters/${SOMEBODYS}/nickname`],
  'the Engine.IO handshake': ['GET', '/socket.io/?EIO=4&transport=polling'],
};

const list = (header) => (header ?? '').toLowerCase().split(/\s*,\s*/);

describe('with origins configured', () => {
  const the = withHub({ COLAHUB_CORS_ORIGINS: `${FRONT},${SECOND}` });

  for (const [what, [method, path]] of Object.entries(CALLS)) {
    it(`${what} is allowed to each of them`, async () => {
      for (const origin of [FRONT, SECOND]) {
        const answer = await the.hub.calls(method, path, { headers: { origin } });
        assert.equal(answer.headers['access-control-allow-origin'], origin, `status ${answer.status}: ${answer.text}`);
      }
    });

    it(`${what} is not allowed to others`, async () => {
      const answer = await the.hub.calls(method, path, { headers: { origin: STRANGER } });
      assert.ok(!['*', STRANGER].includes(answer.headers['access-control-allow-origin']));
    });
  }

  for (const [method, path] of [CALLS['making a room'], CALLS['an access-check'], CALLS['renaming oneself']]) {
    it(`a preflight of ${method} ${path.replace(SOMEBODYS, '…')} with JSON is answered`, async () => {
      const headers = {
        origin: FRONT,
        'access-control-request-method': method,
        'access-control-request-headers': 'content-type',
      };
      const answer = await the.hub.calls('OPTIONS', path, { headers });
      assert.ok(answer.status === 200 || answer.status === 204, `status ${answer.status}`);
      assert.equal(answer.headers['access-control-allow-origin'], FRONT);
      assert.ok(
        list(answer.headers['access-control-allow-methods']).some((one) => one === method.toLowerCase() || one === '*'),
      );
      assert.ok(
        list(answer.headers['access-control-allow-headers']).some((one) => one === 'content-type' || one === '*'),
      );

      const strangers = await the.hub.calls('OPTIONS', path, { headers: { ...headers, origin: STRANGER } });
      assert.ok(!['*', STRANGER].includes(strangers.headers['access-control-allow-origin']));
    });
  }
});

describe('with any origin configured', () => {
  const the = withHub({ COLAHUB_CORS_ORIGINS: '*' });

  it('everybody may call', async () => {
    for (const [method, path] of Object.values(CALLS)) {
      const answer = await the.hub.calls(method, path, { headers: { origin: STRANGER } });
      assert.ok(['*', STRANGER].includes(answer.headers['access-control-allow-origin']), `${method} ${path}`);
    }
  });
});

describe('without configuration', () => {
  const the = withHub();

  it('other origins are not allowed', async () => {
    for (const [method, path] of Object.values(CALLS)) {
      const answer = await the.hub.calls(method, path, { headers: { origin: STRANGER } });
      assert.ok(!['*', STRANGER].includes(answer.headers['access-control-allow-origin']), `${method} ${path}`);
    }
  });
});
