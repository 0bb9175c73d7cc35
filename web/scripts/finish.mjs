// After the bundler: what a hub serves beside the page.
//
// - The official Socket.IO client under /socket.io/, as Socket.IO servers serve it: a page of
//   somebody else's on an offline LAN has no other place to load it from. Its source maps, which would be a tenth of the
//   package, stay out.
// - The licences of what is bundled.
// - web/packed: every file compressed with gzip, under its own name. That is what the hub holds, so that no board
//   compresses the same bytes twice, and no file is in the program twice. No Brotli: on plain http, no browser asks for it.

import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const dist = join(web, "dist");
const modules = join(web, "node_modules");

const CLIENT = ["socket.io.js", "socket.io.min.js", "socket.io.esm.min.js"];
mkdirSync(join(dist, "socket.io"), { recursive: true });
for (const name of CLIENT) {
  copyFileSync(join(modules, "socket.io-client/dist", name), join(dist, "socket.io", name));
}

/** Every package that the bundle may hold: what package.json names, and what those need. */
function bundled(names, found = new Set()) {
  for (const name of names) {
    if (found.has(name)) continue;
    found.add(name);
    bundled(Object.keys(manifest(name).dependencies ?? {}), found);
  }
  return [...found].sort();
}

function manifest(name) {
  return JSON.parse(readFileSync(join(modules, name, "package.json"), "utf8"));
}

function licence(name) {
  const folder = join(modules, name);
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  const { version, license } = manifest(name);
  const text = file ? readFileSync(join(folder, file), "utf8").trim() : `Licensed under ${license}.`;
  return `${name} ${version}\n\n${text}\n`;
}

const own = JSON.parse(readFileSync(join(web, "package.json"), "utf8"));
const packages = bundled(Object.keys(own.dependencies)).filter((name) => existsSync(join(modules, name)));
writeFileSync(join(dist, "licenses.txt"), packages.map(licence).join(`\n${"-".repeat(72)}\n\n`));

// Whole or not at all: it takes its name last.
const packed = join(web, "packed");
const unfinished = `${packed}.new`;
rmSync(unfinished, { recursive: true, force: true });
for (const entry of readdirSync(dist, { recursive: true })) {
  if (statSync(join(dist, entry)).isDirectory()) continue;
  const file = join(unfinished, entry);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, gzipSync(readFileSync(join(dist, entry)), { level: 9 }));
}
rmSync(packed, { recursive: true, force: true });
renameSync(unfinished, packed);
