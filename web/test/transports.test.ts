import { describe, expect, it } from "vitest";
import { Transports } from "../src/client/transports";

const first = (transports: Transports) => transports.plan().transports[0];

describe("the transports that a connection tries", () => {
  it("begin with polling until this browser has its cookie, and with WebSocket then", () => {
    let known = false;
    const transports = new Transports(() => known);
    expect(transports.plan()).toEqual({ transports: ["polling", "websocket"], tryAllTransports: false, upgrade: true });
    known = true;
    expect(transports.plan()).toMatchObject({ transports: ["websocket", "polling"], tryAllTransports: true });
  });

  it("change to polling after two WebSockets in a row that brought no answer", () => {
    const transports = new Transports(() => true);
    transports.failed("websocket");
    transports.answered("websocket");
    transports.failed("websocket");
    expect(first(transports)).toBe("websocket");
    transports.failed("websocket");
    expect(first(transports)).toBe("polling");
    transports.answered("polling");
    expect(first(transports), "polling that works says nothing of WebSockets").toBe("polling");
  });

  it("do not change over from polling again where that once failed", () => {
    const transports = new Transports(() => true);
    transports.upgradeFailed();
    expect(transports.plan()).toMatchObject({ transports: ["polling", "websocket"], upgrade: false });
    transports.failed("polling");
    transports.answered("polling");
    transports.failed("polling");
    expect(transports.plan()).toMatchObject({ transports: ["polling", "websocket"], upgrade: false });
  });

  it("begin as ever when polling fails too: then there is no network", () => {
    const transports = new Transports(() => true);
    transports.failed("websocket");
    transports.failed("websocket");
    transports.failed("polling");
    transports.failed("polling");
    expect(transports.plan()).toMatchObject({ transports: ["websocket", "polling"], upgrade: true });
    transports.failed("websocket");
    expect(first(transports)).toBe("websocket");
  });

  it("take a WebSocket that was changed over to and brought no answer for one that failed", () => {
    const transports = new Transports(() => true);
    transports.failed("websocket", "polling");
    expect(transports.plan()).toMatchObject({ transports: ["polling", "websocket"], upgrade: false });
  });

  it("give WebSockets one more chance only, where polling worked and they did not", () => {
    const transports = new Transports(() => true);
    transports.upgradeFailed();
    transports.answered("polling");
    transports.failed("polling");
    transports.failed("polling");
    expect(first(transports)).toBe("websocket");
    transports.failed("websocket");
    expect(first(transports)).toBe("polling");
  });
});
