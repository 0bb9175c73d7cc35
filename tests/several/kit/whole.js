// Whether several hubs and their people agree with the table.

import assert from 'node:assert/strict';

/** How many of the hubs know all these rooms. */
export async function knowAll(hubs, rooms) {
  let count = 0;
  for (const hub of hubs) {
    const { json } = await hub.calls('GET', '/chat/rooms');
    const known = new Set(json.data.map((room) => room.id));
    if (rooms.every((room) => known.has(room.id))) count++;
  }
  return count;
}

/** The table has every message that was acknowledged, once, in its place; and everybody has seen just that. */
export async function isWhole(postgres, people, rooms) {
  const faults = [];
  for (const room of rooms) {
    const rows = await postgres.sql(
      `SELECT m.seq, m.content FROM colahub.messages m JOIN colahub.rooms r ON r.n = m.room WHERE r.id = '${room.id}' ORDER BY m.seq`,
    );
    const table = rows.map((row) => [Number(row.slice(0, row.indexOf('|'))), row.slice(row.indexOf('|') + 1)]);
    table.forEach(([seq], at) => seq === at + 1 || faults.push(`a gap at ${at + 1}: ${seq}`));
    const said = new Map(table.map(([seq, content]) => [content, seq]));
    const theirs = people.filter((person) => person.room === room);
    for (const person of theirs) {
      for (const [content, seq] of person.acknowledged) {
        if (said.get(content) !== seq) faults.push(`«${content}» was acknowledged in place ${seq}, and is in ${said.get(content)}`);
      }
      for (const [seq, content] of person.heard) {
        if (table[seq - 1]?.[1] !== content) faults.push(`${person.name} heard «${content}» in place ${seq}`);
      }
      if (person.last !== table.length) faults.push(`${person.name} has heard ${person.last} of ${table.length}`);
    }
    const words = table.map(([, content]) => content).filter((content) => /^p\d+ \d+$/.test(content));
    if (new Set(words).size !== words.length) faults.push('something was stored twice');
  }
  assert.deepEqual(faults.slice(0, 20), []);
}
