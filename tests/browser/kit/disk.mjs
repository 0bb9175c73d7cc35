// A disk of the hub's own, whose every block can be read behind its back; and what is in its files.

import { execFileSync, spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const quiet = { stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" };

/** An ext4 of so many MiB on a loop device, mounted; `null`, and said so, if this user or this machine cannot. */
export function mountedDisk(mib) {
  const folder = mkdtempSync(join(tmpdir(), "colahub-disk-"));
  const [image, mounted] = [join(folder, "image"), join(folder, "mounted")];
  writeFileSync(image, "");
  truncateSync(image, mib << 20);
  mkdirSync(mounted);
  let device = null;
  const run = (command, ...args) => execFileSync(command, args, quiet).trim();
  const unmount = () => {
    if (!device) return;
    const given = device;
    device = null;
    run("umount", mounted);
    run("losetup", "-d", given);
  };
  const remove = () => {
    try {
      unmount();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  };
  try {
    run("mkfs.ext4", "-q", "-m", "0", image);
    const given = run("losetup", "-f", "--show", image);
    try {
      run("mount", given, mounted);
    } catch (error) {
      run("losetup", "-d", given);
      throw error;
    }
    device = given;
  } catch {
    remove();
    skipped("the blocks of a disk after an event: a disk of one's own takes root, mkfs.ext4 and a loop device");
    return null;
  }
  return {
    data: join(mounted, "data"),
    /** Which of these texts are in any block, whether a file has it or not. */
    holds(texts) {
      if (device) run("sync", "-f", mounted);
      const args = ["-a", "-o", "-F", ...texts.flatMap((text) => ["-e", text]), image];
      const { status, stdout, stderr } = spawnSync("grep", args, { encoding: "utf8", env: { ...process.env, LC_ALL: "C" } });
      if (status > 1) throw new Error(stderr);
      const found = new Set(stdout.split("\n"));
      return texts.filter((text) => found.has(text));
    },
    unmount,
    remove,
  };
}

/** Which of these texts are in any file of a folder. */
export function inFiles(folder, texts) {
  const all = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const files = all.map((entry) => readFileSync(join(entry.parentPath ?? entry.path, entry.name)));
  return texts.filter((text) => files.some((bytes) => bytes.includes(text)));
}

/** Says what is not tested on this machine, and writes it where `./dev test` lists it. */
export function skipped(what) {
  console.log(`not tested: ${what}`);
  if (process.env.COLAHUB_TEST_SKIPPED) appendFileSync(process.env.COLAHUB_TEST_SKIPPED, `${what}\n`);
}
