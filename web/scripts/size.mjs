// What a phone fetches, over the wire: the lobby at most 45 kB, a room at most 70 kB in all.
// gzip is counted, the larger of the two: on plain http, browsers ask for nothing better.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const dist = join(dirname(fileURLToPath(import.meta.url)), "..", "dist");
const KB = 1000;
const BUDGETS = { lobby: 45 * KB, room: 70 * KB };

const read = (path) => readFileSync(join(dist, path));
const html = read("index.html").toString();
const tags = [...html.matchAll(/<(?:script|link)[^>]*>/g)].map(([tag]) => tag);
const fileOf = (tag) => /(?:src|href)="\/([^"]+)"/.exec(tag)?.[1];
const linked = tags.filter((tag) => !tag.includes('rel="later"')).map(fileOf);

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

const part = (name) => fileOf(tags.find((tag) => tag.includes(`data-part="${name}"`)));

const lobby = new Set(["index.html", ...linked.flatMap((path) => [...closure(path)])]);
const room = new Set([...lobby, ...closure(part("room"))]);

let over = false;
for (const [view, files] of Object.entries({ lobby, room })) {
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
