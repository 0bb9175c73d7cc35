// The hook of Cola Chat's articles in React 18, in a real browser, on a page of another origin.

import { describe, it } from 'node:test';
import assert from 'node:assert/strict';
import { withBrowser } from '../kit.js';

describe('a page of Cola Chat’s', () => {
  const the = withBrowser();

  it('talks with somebody in another browser and with somebody at a terminal', async () => {
    const room = await the.hub.room({ namespace: 'anonymous' });
    const sora = await (await the.visitor()).enters(room);
    const jun = await (await the.visitor()).enters(room);
    const minsu = await the.hub.member('websocket', room);

    await sora.says('안녕하세요 👋');
    await sora.seesOwn('안녕하세요 👋');
    await jun.sees('안녕하세요 👋');
    assert.equal((await minsu.hears('안녕하세요 👋')).chatter.id, sora.id);

    await jun.says('반가워요');
    await sora.sees('반가워요');
    await minsu.says('me too');
    for (const visitor of [sora, jun]) {
      await visitor.sees('me too');
      assert.deepEqual(visitor.errors, []);
    }
    assert.deepEqual((await sora.seesPeople(3)).sort(), [sora.id, jun.id, minsu.id].sort());
  });

  for (const hook of ['memo', 'effect']) {
    it(`is one person and one alert, though StrictMode mounts it twice (${hook})`, async () => {
      const room = await the.hub.room();
      const minsu = await the.hub.member('websocket', room);
      minsu.inbox.clear();
      const sora = await (await the.visitor()).enters(room, { hook });
      const mounts = await sora.page.evaluate(() => performance.getEntriesByName('room mounted').length);
      assert.equal(mounts, 2, 'StrictMode mounts twice in development');
      await minsu.hearsArrivalOf(sora);
      await minsu.seesPresent(minsu, sora);
      await the.hub.graceSecondPasses();
      await minsu.hasHeardNo('sendAlert');
      assert.deepEqual((await sora.seesPeople(2)).sort(), [minsu.id, sora.id].sort());
      await sora.says('once');
      await minsu.hears('once');
      await minsu.hasHeardNo('sendMessage');
      await sora.seesOwn('once');
      assert.equal((await sora.texts()).filter((text) => text === 'once').length, 1);
    });
  }

  it('is the same person after a refresh, and nobody notices', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room);
    const sora = await (await the.visitor()).enters(room);
    await minsu.hearsArrivalOf(sora);
    await sora.says('before the refresh');
    await minsu.hears('before the refresh');

    const before = sora.id;
    await sora.refreshes();
    assert.equal(sora.id, before);
    await sora.seesOwn('before the refresh');
    await the.hub.graceSecondPasses();
    await minsu.hasHeardNo('sendAlert');
    await sora.says('after it');
    assert.equal((await minsu.hears('after it')).chatter.id, before);
  });

  it('in a second tab is the same person, and nobody notices', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room);
    const sora = await (await the.visitor()).enters(room);
    await minsu.hearsArrivalOf(sora);
    const tab = await (await sora.opensTab()).enters(room);
    assert.equal(tab.id, sora.id);
    await sora.says('from the first');
    await tab.seesOwn('from the first');
    await tab.seesPeople(2);
    await tab.page.close();
    await the.hub.graceSecondPasses();
    await minsu.hasHeardNo('sendAlert');
  });

  it('leaves when the chat is unmounted, and comes back as who one was', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room);
    const sora = await (await the.visitor()).enters(room);
    await minsu.hearsArrivalOf(sora);
    const before = sora.id;
    await sora.leaves();
    await minsu.hearsDepartureOf(sora);
    await minsu.seesPresent(minsu);
    await sora.returns();
    assert.equal(sora.id, before);
    await minsu.hearsArrivalOf(sora);
  });

  it('that is closed leaves the room', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room);
    const sora = await (await the.visitor()).enters(room);
    await minsu.hearsArrivalOf(sora);
    await sora.goes();
    await minsu.hearsDepartureOf(sora);
  });

  it('renames its person without credentials, over the bridge', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member('websocket', room);
    const sora = await (await the.visitor()).enters(room);
    await sora.renames('소라게');
    const alert = await minsu.inbox.take('sendAlert', ({ content }) =>
      content.endsWith('님이 소라게(으)로 바꿨습니다.'),
    );
    assert.equal(alert.chatterId, sora.id);
    await minsu.inbox.take('returnChatters', (roster) =>
      roster.some(({ id, nickname }) => id === sora.id && nickname === '소라게'),
    );
    await sora.refreshes();
    await sora.seesPeople(2);
    assert.ok((await sora.page.locator('#chatters li').allTextContents()).includes('소라게'));
  });

  it('gets into a locked room with the password, and not without', async () => {
    const room = await the.hub.room({ password: '열려라참깨' });
    const jun = await the.visitor();
    await jun.opens(room, { password: 'wrong' });
    await jun.page.locator('#trouble', { hasText: 'wrong password' }).waitFor();
    await (await the.visitor()).enters(room, { password: '열려라참깨' });
  });

  it('shows what the hub says when a room is full', async () => {
    const room = await the.hub.room({ capacity: 2 });
    for (let n = 0; n < 2; n++) await the.hub.member('websocket', room);
    const sora = await the.visitor();
    await sora.opens(room);
    await sora.page.locator('#trouble', { hasText: /\S/ }).waitFor();
  });

  it('holds the identity where no script can read it', async () => {
    const sora = await (await the.visitor()).enters(await the.hub.room());
    const cookie = (await sora.context.cookies(the.hub.url)).find(({ name }) => name === 'colahub');
    assert.ok(cookie, 'the browser kept the cookie of the WebSocket handshake');
    assert.equal(cookie.httpOnly, true);
    assert.equal(cookie.sameSite, 'Lax');
    assert.doesNotMatch(await sora.page.evaluate(() => document.cookie), /colahub/);
  });

  it('without its cookie is somebody new, whatever its sessionStorage says', async () => {
    const room = await the.hub.room();
    const sora = await (await the.visitor()).enters(room);
    const before = sora.id;
    await sora.context.clearCookies();
    await sora.refreshes();
    assert.notEqual(sora.id, before);
  });
});
