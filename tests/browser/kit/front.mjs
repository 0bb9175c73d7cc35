// The page from web/dist in front of a hub, with the security policy that the hub itself sends:
// for work on the page, which then needs no building of the hub in between.

import { existsSync, readFileSync, statSync } from "node:fs";
import http from "node:http";
import net from "node:net";
import { dirname, extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";

const DIST = join(dirname(fileURLToPath(import.meta.url)), "../../../web/dist");
const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
};
const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export async function startFront(hubPort) {
  const server = http.createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://front");
    if (/^\/(chat|api|socket\.io|healthz)\b/.test(pathname)) return forward(request, response, hubPort());
    const isView = pathname === "/" || /^\/join\/?$/.test(pathname) || pathname.startsWith("/r/");
    const own = /^\/(host|wall)(\/|$)/.exec(pathname)?.[1];
    const page = own ? `${own}.html` : isView && "index.html";
    const file = join(DIST, page || normalize(pathname));
    const found = file.startsWith(DIST) && existsSync(file) && statSync(file).isFile();
    const headers = {
      "content-security-policy": POLICY,
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    };
    response.writeHead(found || !extname(file) ? 200 : 404, {
      ...headers,
      "content-type": TYPES[extname(file)] ?? TYPES[".html"],
    });
    response.end(readFileSync(found ? file : join(DIST, "index.html")));
  });
  server.on("upgrade", (request, socket, head) => {
    const hub = net.connect(hubPort(), "127.0.0.1", () => {
      const lines = [];
      for (let at = 0; at < request.rawHeaders.length; at += 2) {
        lines.push(
          `${request.rawHeaders[at]}: ${rewrite(request.rawHeaders[at], request.rawHeaders[at + 1], request, hubPort())}`,
        );
      }
      hub.write(`GET ${request.url} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`);
      hub.write(head);
      hub.pipe(socket).pipe(hub);
    });
    for (const [one, other] of [
      [hub, socket],
      [socket, hub],
    ]) {
      one.on("error", () => other.destroy());
      one.on("close", () => other.destroy());
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: server.address().port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The hub sees itself named, as it would without us in between. */
function rewrite(name, value, request, port) {
  const own = `127.0.0.1:${port}`;
  if (name.toLowerCase() === "host") return own;
  return name.toLowerCase() === "origin" && value === `http://${request.headers.host}` ? `http://${own}` : value;
}

function forward(request, response, port) {
  const headers = {};
  for (const [name, value] of Object.entries(request.headers)) headers[name] = rewrite(name, value, request, port);
  const asked = http.request(
    { host: "127.0.0.1", port, path: request.url, method: request.method, headers },
    (answer) => {
      response.writeHead(answer.statusCode, answer.rawHeaders);
      answer.pipe(response);
    },
  );
  asked.on("error", () => response.destroy());
  request.pipe(asked);
}
