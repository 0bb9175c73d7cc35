// WebKit, as WebKitGTK's MiniBrowser on a screen that nobody sees, over WebDriver's plain HTTP.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import net from "node:net";
import { join } from "node:path";

const LIBRARIES = "/usr/lib";

/** MiniBrowser lies in a folder of the machine's kind and the library's version. */
function miniBrowser() {
  for (const kind of readdirSync(LIBRARIES).filter((name) => name.endsWith("-linux-gnu") || name.endsWith("-gnueabihf"))) {
    for (const version of ["webkit2gtk-4.1", "webkit2gtk-4.0", "webkitgtk-6.0"]) {
      const path = join(LIBRARIES, kind, version, "MiniBrowser");
      if (existsSync(path)) return path;
    }
  }
  return null;
}

const BINARY = process.env.WEBKIT_BIN ?? miniBrowser();
const DRIVER = "/usr/bin/WebKitWebDriver";
const SCREEN = "/usr/bin/Xvfb";

/** What has to be installed. */
export const PROGRAMS = [BINARY, DRIVER, SCREEN];

/** Keys by the names that browsers give them, as WebDriver writes them. */
const KEYS = { Enter: "\ue007", Escape: "\ue00c", Shift: "\ue008", F10: "\ue03a", ArrowUp: "\ue013", ArrowDown: "\ue015" };

/** How WebDriver says that something is an element. */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** Why sounds cannot be tried here: they can. */
export const SILENT = null;

let screen = null;
let driver = null;

async function freePort() {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** A screen in memory. It says itself which number was free. */
async function startScreen() {
  const server = spawn(SCREEN, ["-displayfd", "1", "-screen", "0", "1400x1000x24", "-nolisten", "tcp"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const number = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.includes("\n")) resolve(said.trim());
    });
    server.on("exit", (code) => reject(new Error(`${SCREEN} ended with ${code}`)));
  });
  return { server, display: `:${number}` };
}

async function startDriver() {
  screen = await startScreen();
  const port = await freePort();
  const env = {
    ...process.env,
    DISPLAY: screen.display,
    GDK_BACKEND: "x11",
    LANGUAGE: "ko",
    LANG: "ko_KR.UTF-8",
    LIBGL_ALWAYS_SOFTWARE: "1",
    NO_AT_BRIDGE: "1",
  };
  const server = spawn(DRIVER, [`--port=${port}`, "--host=127.0.0.1"], { env, stdio: "ignore" });
  const base = `http://127.0.0.1:${port}`;
  while (!(await fetch(`${base}/status`).then((answer) => answer.ok, () => false))) {
    if (server.exitCode !== null) throw new Error(`${DRIVER} ended with ${server.exitCode}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { server, base };
}

async function command(method, path, body) {
  const init = method === "POST" ? { method, body: JSON.stringify(body ?? {}) } : { method };
  const answer = await fetch(driver.base + path, init);
  const { value } = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
  return value;
}

/** A page of a person of its own, as large as `size`: each session is a browser with nothing in it. */
export async function open({ width, height }) {
  driver ??= await startDriver();
  const options = { binary: BINARY, args: ["--automation", `--geometry=${width}x${height}`] };
  const wanted = { alwaysMatch: { "webkitgtk:browserOptions": options } };
  const { sessionId } = await command("POST", "/session", { capabilities: wanted });
  const at = (path) => `/session/${sessionId}${path}`;
  const evaluate = (work, ...args) =>
    command("POST", at("/execute/sync"), { script: `return (${work}).apply(null, arguments)`, args });
  await fitWindow({ width, height }, evaluate, at);
  return {
    // Its driver tells nothing of them: the page is asked at the end.
    troubles: [],
    goTo: (url) => command("POST", at("/url"), { url }),
    evaluate,
    async click(css, text) {
      const found = await evaluate(findShown, css, text);
      await command("POST", at(`/element/${found[ELEMENT]}/click`));
    },
    type: (text) => keys(at, [...text].flatMap((one) => [down(one), up(one)])),
    press: (...names) => {
      const all = names.map((name) => KEYS[name] ?? name);
      return keys(at, [...all.map(down), ...all.reverse().map(up)]);
    },
    async picture(path) {
      await writeFile(path, Buffer.from(await command("GET", at("/screenshot")), "base64"));
    },
    close: () => command("DELETE", at("")),
  };
}

/** A window has a frame of its own, so that its size is found by what is left of it. */
async function fitWindow({ width, height }, evaluate, at) {
  const [innerWidth, innerHeight] = await evaluate(() => [innerWidth, innerHeight]);
  const rect = await command("GET", at("/window/rect"));
  const size = { width: rect.width + width - innerWidth, height: rect.height + height - innerHeight };
  await command("POST", at("/window/rect"), size);
}

const down = (value) => ({ type: "keyDown", value });
const up = (value) => ({ type: "keyUp", value });
const keys = (at, actions) => command("POST", at("/actions"), { actions: [{ type: "key", id: "keys", actions }] });

function findShown(css, text) {
  const all = [...document.querySelectorAll(css)].filter((one) => text === null || one.textContent.includes(text));
  return all[all.length - 1];
}

export async function close() {
  for (const one of [driver?.server, screen?.server]) {
    if (!one || one.exitCode !== null) continue;
    const ended = once(one, "exit");
    one.kill();
    await ended;
  }
  driver = null;
  screen = null;
}
