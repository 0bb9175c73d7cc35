// The network between a phone and the hub, as plain TCP, so that it can fail as networks do:
// `cut` breaks what is open and refuses the rest; `deafen` lets nothing through and tells nobody,
// like a phone that walked out of the Wi-Fi.

import net from "node:net";

export async function startWire(targetPort) {
  const pairs = new Set();
  let state = "open";
  let dropsCookies = false;
  /** The fate of WebSockets on the way: whether these bytes go on. */
  let middlebox = null;
  /** The phones' bytes, while they are held back. */
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
        if (middlebox && !middlebox(pair, from === near, bytes)) return;
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
    /** Something in between that does not let WebSockets live, as of now: a name of `MIDDLEBOXES`, or `null`. */
    meddle(name) {
      middlebox = name === null ? null : MIDDLEBOXES[name];
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

const UPGRADE = /^GET [^\r\n]*transport=websocket/;
const FORBIDDEN = "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

/** Proxies that do not know what a WebSocket is, each in its own way. Of other connections all goes on. */
export const MIDDLEBOXES = {
  /** Answers the request itself. */
  refuses(pair, isPhone, bytes) {
    if (!isPhone || !UPGRADE.test(bytes.toString("latin1"))) return true;
    pair.near.end(FORBIDDEN);
    pair.far.destroy();
    return false;
  },
  /** Lets the hub's yes through, and hangs up. */
  cuts: upgraded((pair, isPhone) => {
    if (!isPhone) setImmediate(() => pair.near.destroy());
    return !isPhone;
  }),
  /** Lets the hub's yes through, and of what follows the phone's first word (the probe, or the namespace). */
  cutsLater: upgraded((pair, isPhone) => {
    if (isPhone && pair.spoke) pair.near.destroy();
    pair.spoke ||= isPhone;
    return !pair.near.destroyed;
  }),
  /** Lets the hub's yes through, nothing after it, and says nothing of that. */
  swallows: upgraded((pair, isPhone, bytes) => {
    if (isPhone || pair.spoke) return false;
    pair.spoke = true;
    pair.near.write(bytes.subarray(0, bytes.indexOf("\r\n\r\n") + 4));
    return false;
  }),
};

/** Does something to a connection that became a WebSocket, from the hub's answer on. */
function upgraded(act) {
  return (pair, isPhone, bytes) => {
    if (isPhone && UPGRADE.test(bytes.toString("latin1"))) {
      pair.isUpgrade = true;
      return true;
    }
    return pair.isUpgrade ? act(pair, isPhone, bytes) : true;
  };
}

/** The header gets a name of the same length that means nothing, so that nothing else moves. */
function withoutCookies(bytes) {
  return Buffer.from(bytes.toString("latin1").replace(/^set-cookie:/gim, "x-t-cookie:"), "latin1");
}
