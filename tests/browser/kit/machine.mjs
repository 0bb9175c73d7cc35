// A machine whose clock the story has in its hands.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { skipped } from "./disk.mjs";

/** Runs a program where nothing keeps the clock, and a time server sets it once the folder has a file `synchronized`. */
const ALONE = `mount -t tmpfs none /run && mkdir -p /run/systemd/timesync && mount --bind "$1" /run/systemd/timesync \\
  && { ! test -d /sys/class/rtc || mount -t tmpfs none /sys/class/rtc; } && shift && exec "$@"`;

/** `null`, and said so, where a user makes no namespaces of their own. */
export function guessingMachine() {
  const server = mkdtempSync(join(tmpdir(), "colahub-time-"));
  const through = ["unshare", "--map-root-user", "--mount", "sh", "-c", ALONE, "sh", server];
  const remove = () => rmSync(server, { recursive: true, force: true });
  if (spawnSync(through[0], [...through.slice(1), "true"]).status !== 0) {
    remove();
    skipped("the phone's time: it takes `unshare --map-root-user --mount`");
    return null;
  }
  return { through, isSynchronised: () => writeFileSync(join(server, "synchronized"), ""), remove };
}
