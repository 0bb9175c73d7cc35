// A hub of the test's own: started on a free port with a fresh directory, killed and started again.

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { endsWithThis } from "../../peers/js/kit/ends.js";
import { startFront } from "./front.mjs";
import { startWire } from "./wire.mjs";

const BIN = process.env.COLAHUB_BIN;
if (!BIN) throw new Error("COLAHUB_BIN must name the hub's binary");

/** A hub takes its settings from COLAHUB_…, and refuses those it does not know. */
function environment(settings) {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("COLAHUB_")));
  return { ...env, ...settings };
}

/**
 * Starts a hub and the wire to it. `settings` are variables, such as COLAHUB_ROOMS_LIFETIME. `data` is removed in the
 * end. `through` is a command that runs the one behind it.
 */
export async function startHub(settings = {}, data = mkdtempSync(join(tmpdir(), "colahub-browser-")), through = []) {
  let running = null;
  let log = "";
  let port = 0;

  async function start() {
    const run = [BIN, "run", "--listen", `127.0.0.1:${port}`, "--no-mdns", "--data-dir", data];
    const [program, ...args] = [...through, ...run];
    const child = endsWithThis(spawn(program, args, { env: environment({ COLAHUB_TITLE: "여름 캠프", ...settings }) }));
    running = child;
    const from = log.length;
    const origin = await new Promise((resolve, reject) => {
      const hear = (chunk) => {
        log += chunk;
        const heard = /listening on (http:\/\/\S+)/.exec(log.slice(from));
        if (heard) resolve(heard[1]);
      };
      child.stdout.on("data", hear);
      child.stderr.on("data", hear);
      child.on("exit", (code) => reject(new Error(`the hub ended with ${code}:\n${log}`)));
    });
    port = Number(new URL(origin).port);
  }

  async function stop(signal) {
    const child = running;
    running = null;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill(signal);
    await ended;
  }

  await start();
  // PAGE=dist tries the page as it is in web/dist, without building it into the hub first.
  const front = process.env.PAGE === "dist" ? await startFront(() => port) : null;
  const wire = await startWire(() => front?.port ?? port);

  const hub = {
    url: `http://127.0.0.1:${wire.port}`,
    /** Past the wire, for those whose network is never cut. */
    get direct() {
      return `http://127.0.0.1:${port}`;
    },
    wire,
    /** The folder of what it keeps. */
    data,
    log: () => log,
    /** As a power cut would: no goodbye. */
    kill: () => stop("SIGKILL"),
    stop: () => stop("SIGTERM"),
    restart: async () => {
      await stop("SIGKILL");
      await start();
    },
    start,
    /** Runs a command of the host on the machine: `host("room", "lock", code)`. */
    async host(...args) {
      const { stdout } = await promisify(execFile)(BIN, [...args, "--data-dir", data], { env: environment({}) });
      return stdout;
    },
    async makeRoom({ title, namespace = "anonymous", capacity = 0, password = "", history }) {
      const response = await fetch(`${hub.url}/chat/rooms`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ title, namespace, capacity, isPassword: password !== "", password, history }),
      });
      const { success, message, data } = await response.json();
      if (!success) throw new Error(`no room: ${message}`);
      return data;
    },
    async close() {
      await wire.close();
      await front?.close();
      await stop("SIGTERM");
      rmSync(data, { recursive: true, force: true });
    },
  };
  return hub;
}
