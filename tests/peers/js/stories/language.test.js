// Alerts are in the hub's language; Cola Chat's own is Korean.

import { it } from 'node:test';
import assert from 'node:assert/strict';
import { overEachTransport, withHub } from '../kit.js';

overEachTransport('a Korean hub', (transport) => {
  const the = withHub();

  it('announces who came and who went as Cola Chat does', async () => {
    const room = await the.hub.room();
    const minsu = await the.hub.member(transport, room);
    const jiwoo = the.hub.person(transport);
    await jiwoo.join(room);
    assert.equal((await minsu.hearsArrivalOf(jiwoo)).content, `${jiwoo.nickname}님이 입장했습니다.`);
    jiwoo.disconnect();
    assert.equal((await minsu.hearsDepartureOf(jiwoo)).content, `${jiwoo.nickname}님이 퇴장했습니다.`);
  });
});
