// What a phone fetches, over the wire: the lobby at most 45 kB, a room at most 75 kB in all; the host's page, which nobody
// else fetches any of, at most 60 kB at first, and 75 kB with the parts that it always fetches ahead; the page of a wall at
// most 20 kB.
// gzip is counted, the larger of the two: on plain http, browsers ask for nothing better.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const KB = 1000;
const BUDGETS = { lobby: 45 * KB, room: 75 * KB, host: 60 * KB, "host in all": 75 * KB, wall: 20 * KB };

const read = (path) => readFileSync(join(dist, path));
const tagsOf = (page) => [...read(page).toString().matchAll(/<(?:script|link)[^>]*>/g)].map(([tag]) => tag);
const fileOf = (tag) => /(?:src|href)="\/([^"]+)"/.exec(tag)?.[1];

/** A chunk with everything it imports at once, scripts and styles. */
function closure(path, found = new Set()) {
  if (found.has(path)) return found;
  found.add(path);
  if (!path.endsWith(".js")) return found;
  for (const [, name] of read(path)
    .toString()
    .matchAll(/(?:from|import)\s*"\.\/([^"]+)"/g))
    closure(`assets/${name}`, found);
  return found;
}

/** A page with what it names at once. */
function whole(page) {
  const linked = tagsOf(page).filter((tag) => !tag.includes('rel="later"'));
  return new Set([page, ...linked.flatMap((tag) => [...closure(fileOf(tag))])]);
}

const part = (name) => fileOf(tagsOf("index.html").find((tag) => tag.includes(`data-part="${name}"`)));

const lobby = whole("index.html");
const room = new Set([...lobby, ...closure(part("room"))]);
const host = whole("host.html");
const ahead = tagsOf("host.html").filter((tag) => tag.includes('rel="later"'));
const hostInAll = new Set([...host, ...ahead.flatMap((tag) => [...closure(fileOf(tag))])]);
const wall = whole("wall.html");
const shared = [...hostInAll].filter((file) => file.endsWith(".js") && room.has(file));
if (shared.length > 0) throw new Error(`attendees fetch what is the host's: ${shared}`);

let over = false;
for (const [view, files] of Object.entries({ lobby, room, host, "host in all": hostInAll, wall })) {
  let sum = 0;
  for (const file of [...files].sort()) {
    const size = gzipSync(read(file), { level: 9 }).length;
    sum += size;
    if (process.argv.includes("--files")) console.log(`  ${String(size).padStart(7)}  ${file}`);
  }
  over ||= sum > BUDGETS[view];
  console.log(`${view}: ${sum} bytes of ${BUDGETS[view]}${sum > BUDGETS[view] ? ": too much" : ""}`);
}
process.exitCode = over ? 1 : 0;
