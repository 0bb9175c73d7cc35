// Limits count characters as a person does: grapheme clusters. A family emoji is one, whatever it weighs.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { assertDone, assertHttpError, assertRefused, overEachTransport, withHub } from '../kit.js';

const LETTERS = {
  'Latin letters': 'a',
  'Hangul syllables': '한',
  'decomposed Hangul': '한'.normalize('NFD'),
  'letters with a combining accent': 'e\u0301',
  flags: '🇰🇷',
  'thumbs with a skin tone': '👍🏽',
  'family emoji': '👨‍👩‍👧‍👦',
};

overEachTransport('the limits', (transport) => {
  const the = withHub();

  for (const [kind, letter] of Object.entries(LETTERS)) {
    it(`a message holds 1,000 ${kind} and not one more`, async () => {
      const room = await the.hub.room();
      const minsu = await the.hub.member(transport, room);
      const longest = letter.repeat(1000);
      minsu.socket.emit('sendMessage', { roomId: room.id, content: longest });
      const heard = await minsu.inbox.take('sendMessage');
      assert.equal(heard.content.normalize('NFC'), longest.normalize('NFC'));
      assertRefused(await minsu.asks('sendMessage', { roomId: room.id, content: longest + letter }));
      await minsu.hasHeardNo('sendMessage');
    });
  }

  it('an alert holds 1,000 characters and not one more', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    minsu.alerts('가'.repeat(1000));
    await minsu.hearsAlert('가'.repeat(1000));
    minsu.alerts('가'.repeat(1001));
    assertRefused(await minsu.hearsError());
    await minsu.hasHeardNo('sendAlert');
  });
});

overEachTransport('the limits of names', (transport) => {
  const the = withHub();

  for (const [kind, letter] of Object.entries(LETTERS)) {
    it(`a title holds 30 ${kind}, a password 12, a nickname 10`, async () => {
      const make = (fields) => the.hub.calls('POST', '/chat/rooms', { body: the.hub.roomForm(fields) });
      const room = assertDone((await make({ title: letter.repeat(30) })).json);
      assert.equal(room.title.normalize('NFC'), letter.repeat(30).normalize('NFC'));
      assertHttpError(await make({ title: letter.repeat(31) }), 400);

      assertDone((await make({ password: letter.repeat(12) })).json);
      assertHttpError(await make({ password: letter.repeat(13) }), 400);

      const minsu = await the.hub.member(transport, room);
      const rename = (nickname) =>
        the.hub.calls('PATCH', `/chat/chatters/${minsu.id}/nickname`, { body: { nickname } });
      const renamed = assertDone((await rename(letter.repeat(10))).json);
      assert.equal(renamed.nickname.normalize('NFC'), letter.repeat(10).normalize('NFC'));
      assertHttpError(await rename(letter.repeat(11)), 400);
    });
  }
});
