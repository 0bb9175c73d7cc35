// Identities: a signed token, in a cookie, in auth.token or as a Bearer. A chatter id proves nothing.

import { createHmac } from 'node:crypto';
import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { Browser, RawSocket, assertDone, assertHttpError, assertRefused, overEachTransport, withHub } from '../kit.js';

const base64url = (value) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

/** Everything that somebody may try who has seen a token and wants to be its owner, but has not the hub's key. */
function forgeries(token) {
  const [header, payload, signature] = token.split('.');
  const claims = JSON.parse(Buffer.from(payload, 'base64url'));
  const sign = (head, body, key) => createHmac('sha256', key).update(`${head}.${body}`).digest('base64url');
  const signed = (head, body, key) => `${head}.${body}.${sign(head, body, key)}`;
  const none = base64url({ alg: 'none', typ: 'JWT' });
  return {
    'alg none': `${none}.${payload}.`,
    'alg none, with the old signature': `${none}.${payload}.${signature}`,
    'alg NONE': `${base64url({ alg: 'NONE', typ: 'JWT' })}.${payload}.`,
    'no signature': `${header}.${payload}.`,
    'two parts': `${header}.${payload}`,
    'signed with another key': signed(header, payload, 'not the key of this hub'),
    'signed with an empty key': signed(header, payload, Buffer.alloc(32)),
    'the signature of other claims': `${header}.${base64url({ ...claims, admin: true })}.${signature}`,
    'another algorithm’s name': `${base64url({ alg: 'HS512', typ: 'JWT' })}.${payload}.${signature}`,
    'expired, and signed with another key': signed(header, base64url({ ...claims, exp: 1 }), 'not the key of this hub'),
    'one letter changed': token.slice(0, -5) + (token.at(-5) === 'A' ? 'B' : 'A') + token.slice(-4),
    'no token at all': 'abc.def.ghi',
    'very long': 'a'.repeat(4000),
  };
}

describe('the cookie', () => {
  const the = withHub();

  function assertIdentityCookie(setCookie) {
    const cookie = (setCookie ?? []).find((line) => line.startsWith('colahub='));
    assert.ok(cookie, `no colahub cookie in ${setCookie}`);
    const [pair, ...attributes] = cookie.split(/;\s*/);
    const set = new Set(attributes.map((one) => one.toLowerCase()));
    assert.ok(set.has('httponly'), cookie);
    assert.ok(set.has('samesite=lax'), cookie);
    assert.ok(set.has('path=/'), cookie);
    const age = attributes.map((one) => /^max-age=(\d+)$/i.exec(one)).find(Boolean);
    assert.ok(age && Number(age[1]) >= 365 * 24 * 3600, `a browser forgets it too soon: ${cookie}`);
    return pair.slice('colahub='.length);
  }

  it('is set on the polling handshake: HttpOnly, SameSite=Lax, for the whole hub', async () => {
    const answer = await the.hub.calls('GET', '/socket.io/?EIO=4&transport=polling');
    assert.equal(answer.status, 200);
    assertIdentityCookie(answer.headers['set-cookie']);
  });

  it('is set on the WebSocket handshake', async () => {
    const raw = await RawSocket.open(the.hub.url);
    assertIdentityCookie(raw.handshake['set-cookie']);
    await raw.closes();
  });

  it('holds a token without an end that a wrong clock could trip', async () => {
    const answer = await the.hub.calls('GET', '/socket.io/?EIO=4&transport=polling');
    const token = assertIdentityCookie(answer.headers['set-cookie']);
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    assert.ok(claims.sub);
    for (const claim of ['exp', 'nbf']) assert.ok(!(claim in claims), claim);
  });

  it('is not replaced while it is valid', async () => {
    const first = await the.hub.calls('GET', '/socket.io/?EIO=4&transport=polling');
    const token = assertIdentityCookie(first.headers['set-cookie']);
    const second = await the.hub.calls('GET', '/socket.io/?EIO=4&transport=polling', {
      headers: { cookie: `colahub=${token}` },
    });
    const sub = (jwt) => JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url')).sub;
    for (const line of second.headers['set-cookie'] ?? []) assert.equal(sub(line.split(/[=;]/)[1]), sub(token));
  });
});

overEachTransport('an identity', (transport) => {
  const the = withHub();
  const freshToken = async () => assertDone((await the.hub.calls('POST', '/api/identity')).json).token;
  const forgetful = () => new Browser({ keepsCookies: false });

  it('is the browser’s cookie: one comes back as who one was', async () => {
    const minsu = await the.hub.member(transport, await the.hub.room());
    const { id } = minsu;
    await minsu.refreshes();
    assert.equal(minsu.id, id);
  });

  it('is not the chatter id: without the cookie one comes back as somebody new', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const other = the.hub.person(transport);
    await other.join(room, { chatterId: minsu.id });
    assert.notEqual(other.id, minsu.id);
    await minsu.seesPresent(minsu, other);
  });

  it('may be auth.token', async () => {
    const room = await the.hub.room();
    const auth = { token: await freshToken() };
    const first = await the.hub.person(transport, { browser: forgetful(), auth }).join(room);
    const again = await the.hub.person(transport, { browser: forgetful(), auth }).join(room, { chatterId: first.id });
    assert.equal(again.id, first.id);
  });

  it('may be a Bearer on the handshake', async () => {
    const room = await the.hub.room();
    const extraHeaders = { authorization: `Bearer ${await freshToken()}` };
    const first = await the.hub.person(transport, { browser: forgetful(), extraHeaders }).join(room);
    const again = await the.hub
      .person(transport, { browser: forgetful(), extraHeaders })
      .join(room, { chatterId: first.id });
    assert.equal(again.id, first.id);
  });

  it('is one chatter in each room, the same whether or not it says which', async () => {
    const [room, other] = [await the.hub.room(), await the.hub.room()];
    const auth = { token: await freshToken() };
    const first = await the.hub.person(transport, { auth }).join(room);
    const again = await the.hub.person(transport, { auth }).join(room, { chatterId: null });
    assert.equal(again.id, first.id);
    const elsewhere = await the.hub.person(transport, { auth }).join(other, { chatterId: null });
    assert.notEqual(elsewhere.id, first.id);
  });

  it('cannot be forged', async () => {
    const room = await the.hub.room();
    const token = await freshToken();
    const minsu = await the.hub.member(transport, room, { auth: { token } });
    for (const [how, forged] of Object.entries(forgeries(token))) {
      for (const credential of [
        { auth: { token: forged } },
        { extraHeaders: { authorization: `Bearer ${forged}` } },
        { extraHeaders: { cookie: `colahub=${forged}` } },
      ]) {
        const forger = the.hub.person(transport, { browser: forgetful(), ...credential });
        // A hub may turn away whoever brings a bad token, or take them as somebody new.
        const joined = await forger.join(room, { chatterId: minsu.id }).catch(() => null);
        assert.notEqual(joined?.id, minsu.id, how);
        forger.disconnect();
      }
    }
    await minsu.says('still me');
    assert.equal((await minsu.hears('still me')).chatterId, minsu.id);
  });

  it('of a wrong kind in auth does no harm', async () => {
    for (const token of [7, null, {}, ['a'], true]) {
      const person = the.hub.person(transport, { browser: forgetful(), auth: { token } });
      await person.join(await the.hub.room()).catch(() => null);
      person.disconnect();
    }
    const minsu = await the.hub.member(transport, await the.hub.room());
    await minsu.says('all well');
  });
});

overEachTransport('somebody who knows another’s chatter id', (transport) => {
  const the = withHub();

  async function victimAndStranger() {
    const room = await the.hub.room();
    const victim = await the.hub.member(transport, room);
    await victim.says('from before the stranger came');
    const token = assertDone((await the.hub.calls('POST', '/api/identity')).json).token;
    const stranger = await the.hub.member(transport, room, { auth: { token } });
    return { room, victim, stranger, bearer: { headers: { authorization: `Bearer ${token}` } } };
  }

  it('cannot speak as them', async () => {
    const { room, victim, stranger } = await victimAndStranger();
    await stranger.asks('joinRoom', { roomId: room.id, chatterId: victim.id });
    const answer = await stranger.asks('sendMessage', {
      roomId: room.id,
      content: 'it is me',
      chatterId: victim.id,
      chatter: { id: victim.id },
    });
    if (answer.success) assert.notEqual((await victim.hears('it is me')).chatterId, victim.id);
    const alert = await stranger.asks('sendAlert', { roomId: room.id, content: 'it is I', chatterId: victim.id });
    if (alert.success) assert.notEqual((await victim.hearsAlert('it is I')).chatterId, victim.id);
    const written = (await the.hub.history(room, victim.id)).filter((message) => message.chatterId === victim.id);
    assert.ok(written.every((message) => !/it is (me|I)/.test(message.content)));
  });

  it('cannot rename them', async () => {
    const { room, victim, bearer } = await victimAndStranger();
    const rename = (options) =>
      the.hub.calls('PATCH', `/chat/chatters/${victim.id}/nickname`, { body: { nickname: 'fool' }, ...options });
    for (const options of [{ from: '127.0.0.2' }, bearer, { ...bearer, from: '127.0.0.2' }]) {
      assertHttpError(await rename(options), 401, 403);
    }
    await victim.refreshes();
    assert.notEqual(victim.nickname, 'fool');
    assert.equal(victim.room.id, room.id);
  });

  it('cannot rename them over the socket', async () => {
    const { room, victim, stranger } = await victimAndStranger();
    await stranger.asks('renameChatter', { roomId: room.id, nickname: 'fool', chatterId: victim.id });
    await victim.refreshes();
    assert.notEqual(victim.nickname, 'fool');
  });

  it('cannot read with it', async () => {
    const { room, victim, bearer } = await victimAndStranger();
    for (const options of [{ from: '127.0.0.2' }, bearer, { ...bearer, from: '127.0.0.2' }]) {
      const answer = await the.hub.calls('GET', `/chat/messages/${room.id}/1/${victim.id}`, options);
      assert.doesNotMatch(answer.text, /from before/);
      assert.ok(answer.status === 200 || answer.status === 403 || answer.status === 401, `status ${answer.status}`);
      if (answer.status === 200) assert.deepEqual(assertDone(answer.json), []);
      else assertRefused(answer.json);
    }
    const since = await the.hub.calls('GET', `/api/rooms/${room.id}/messages?after=0`, bearer);
    assert.doesNotMatch(since.text, /from before/);
  });
});
