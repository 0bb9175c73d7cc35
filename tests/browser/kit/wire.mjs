// The network between a phone and the hub, as plain TCP, so that it can fail as networks do:
// `cut` breaks what is open and refuses the rest; `deafen` lets nothing through and tells nobody,
// like a phone that walked out of the Wi-Fi.

import net from "node:net";

export async function startWire(targetPort) {
  const pairs = new Set();
  let state = "open";
  let dropsCookies = false;
  /** What the phones send, while it is held back. */
  let held = null;

  const server = net.createServer((near) => {
    if (state === "cut") return near.resetAndDestroy();
    const far = net.connect(targetPort(), "127.0.0.1");
    const pair = { near, far, deaf: state === "deaf" };
    pairs.add(pair);
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const [from, to] of [
      [near, far],
      [far, near],
    ]) {
      from.setNoDelay(true);
      from.on("data", (bytes) => {
        if (from === near && held) held.push(() => to.write(bytes));
        else if (!pair.deaf) to.write(dropsCookies && from === far ? withoutCookies(bytes) : bytes);
      });
      from.on("end", () => void (pair.deaf || to.end()));
      from.on("error", end);
      from.on("close", () => void (pair.deaf ? pairs.delete(pair) : end()));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));

  const breakAll = () => {
    for (const { near, far } of pairs) {
      near.destroy();
      far.destroy();
    }
    pairs.clear();
  };
  return {
    port: server.address().port,
    cut() {
      state = "cut";
      breakAll();
    },
    deafen() {
      state = "deaf";
      for (const pair of pairs) pair.deaf = true;
    },
    /** New connections get through again; deaf ones stay deaf, as a dead address does. */
    mend() {
      state = "open";
    },
    /** Keeps back what phones send, in order, until it is released. */
    hold() {
      held = [];
    },
    release() {
      const waiting = held ?? [];
      held = null;
      for (const write of waiting) write();
    },
    /** Takes the cookies out of the hub's answers from now on, as some filters do. */
    dropCookies() {
      dropsCookies = true;
    },
    async close() {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The header gets a name of the same length that means nothing, so that nothing else moves. */
function withoutCookies(bytes) {
  return Buffer.from(bytes.toString("latin1").replace(/^set-cookie:/gim, "x-t-cookie:"), "latin1");
}
