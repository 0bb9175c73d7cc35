// The front end's HTTP calls bring no credentials. For them, and only where none came, the caller is who
// holds a live socket as that chatter from the same address, or was the last to hold one.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, overEachTransport, withHub } from '../kit.js';

const HERE = '127.0.0.1';
const ELSEWHERE = '127.0.0.2';
const FORGED = `${['{"alg":"HS256","typ":"JWT"}', '{"sub":"00000000-0000-4000-8000-000000000000"}'].map((part) => Buffer.from(part).toString('base64url')).join('.')}.c2lnbmF0dXJl`;

const rename = (hub, person, options) =>
  hub.calls('PATCH', `/chat/chatters/${person.id}/nickname`, { body: { nickname: '고래' }, ...options });
const firstPage = (hub, person, options) =>
  hub.calls('GET', `/chat/messages/${person.room.id}/1/${person.id}`, options);

/** An answer that shows no history: none, or a refusal. */
function assertShowsNothing(answer) {
  if (answer.status === 200) assert.deepEqual(assertDone(answer.json), []);
  else assertHttpError(answer, 401, 403);
}

overEachTransport('the bridge', (transport) => {
  const the = withHub();
  const someone = async (address) => the.hub.member(transport, await the.hub.room(), { address });

  it('takes a call without credentials for the chatter’s whose socket comes from there', async () => {
    for (const address of [HERE, ELSEWHERE]) {
      const minsu = await someone(address);
      assertDone((await rename(the.hub, minsu, { from: address })).json);
      assert.equal(assertDone((await firstPage(the.hub, minsu, { from: address })).json).length, 1);
    }
  });

  it('takes nobody at another address for them', async () => {
    for (const [address, other] of [
      [HERE, ELSEWHERE],
      [ELSEWHERE, HERE],
    ]) {
      const minsu = await someone(address);
      assertHttpError(await rename(the.hub, minsu, { from: other }), 401, 403);
      assertShowsNothing(await firstPage(the.hub, minsu, { from: other }));
    }
  });

  it('does not believe what a caller says of their address', async () => {
    const minsu = await someone(HERE);
    for (const name of ['x-forwarded-for', 'x-real-ip', 'forwarded', 'cf-connecting-ip', 'true-client-ip']) {
      const headers = { [name]: name === 'forwarded' ? `for=${HERE}` : HERE };
      assertHttpError(await rename(the.hub, minsu, { from: ELSEWHERE, headers }), 401, 403);
    }
  });

  it('remembers whose the last socket was, for the address that it came from', async () => {
    const minsu = await someone(HERE);
    minsu.disconnect();
    await the.hub.graceSecondPasses();
    assert.notEqual(assertDone((await firstPage(the.hub, minsu, { from: HERE })).json).length, 0);
    assertDone((await rename(the.hub, minsu, { from: HERE })).json);
    assertHttpError(await rename(the.hub, minsu, { from: ELSEWHERE }), 401, 403);
    assertShowsNothing(await firstPage(the.hub, minsu, { from: ELSEWHERE }));
  });

  it('is not there for those who bring a credential, good or bad, of their own', async () => {
    const minsu = await someone(HERE);
    const { token } = assertDone((await the.hub.calls('POST', '/api/identity')).json);
    for (const bearer of [token, FORGED]) {
      const headers = { authorization: `Bearer ${bearer}` };
      assertHttpError(await rename(the.hub, minsu, { from: HERE, headers }), 401, 403);
      assertShowsNothing(await firstPage(the.hub, minsu, { from: HERE, headers }));
    }
  });

  it('is not needed by those who bring their own', async () => {
    const minsu = await someone(HERE);
    const headers = { cookie: minsu.browser.cookie };
    assertDone((await rename(the.hub, minsu, { from: ELSEWHERE, headers })).json);
    assert.equal(assertDone((await firstPage(the.hub, minsu, { from: ELSEWHERE, headers })).json).length, 1);
  });
});

overEachTransport('with a bridge that remembers nothing', (transport) => {
  const the = withHub({ COLAHUB_IDENTITY_BRIDGE_MEMORY: 'off' });

  it('it is shut once the socket is gone', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    assertDone((await rename(the.hub, minsu, {})).json);
    minsu.disconnect();
    await the.hub.graceSecondPasses();
    assertHttpError(await rename(the.hub, minsu, {}), 401, 403);
    assertShowsNothing(await firstPage(the.hub, minsu, {}));
  });
});

overEachTransport('with the bridge switched off', (transport) => {
  const the = withHub({ COLAHUB_IDENTITY_BRIDGE: 'false' });

  it('a call without credentials is nobody’s', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    assertHttpError(await rename(the.hub, minsu, {}), 401, 403);
    assertShowsNothing(await firstPage(the.hub, minsu, {}));
  });

  it('a cookie or a Bearer still proves who one is', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    const { cookie } = minsu.browser;
    assertDone((await rename(the.hub, minsu, { headers: { cookie } })).json);
    const headers = { authorization: `Bearer ${minsu.browser.cookies.get('colahub')}` };
    assert.equal(assertDone((await firstPage(the.hub, minsu, { headers })).json).length, 1);
  });
});
