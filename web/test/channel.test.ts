import { beforeEach, describe, expect, it, vi } from "vitest";
import { Channel, type Plug } from "../src/client/channel";
import type { LinkEvents } from "../src/client/connection";
import { Line, type Engine } from "../src/client/line";
import { until } from "./kit";

/** A socket of Socket.IO's client, by hand. */
class FakePlug implements Plug {
  connected = false;
  active = false;
  tries = 0;
  emitted: string[] = [];
  private readonly listeners = new Map<string, (...args: never[]) => void>();
  private acks: ((failure: Error | null, answer: unknown) => void)[] = [];
  volatile = { emit: (event: string) => this.emitted.push(event) };

  on(event: string, listener: (...args: never[]) => void): void {
    this.listeners.set(event, listener);
  }

  fire(event: string, ...args: unknown[]): void {
    this.listeners.get(event)?.(...(args as never[]));
  }

  connect(): void {
    this.active = true;
    this.tries += 1;
  }

  /** The hub lets it in. */
  comesUp(): void {
    this.connected = true;
    this.fire("connect");
  }

  disconnect(): void {
    this.active = false;
    if (this.connected) this.drops("io client disconnect");
  }

  drops(reason = "transport close"): void {
    this.connected = false;
    if (reason === "io server disconnect") this.active = false;
    this.fire("disconnect", reason);
    for (const ack of this.acks.splice(0)) ack(new Error("disconnected"), undefined);
  }

  timeout() {
    return {
      emit: (event: string, _payload: unknown, ack: (failure: Error | null, answer: unknown) => void) => {
        this.emitted.push(event);
        this.acks.push(ack);
      },
    };
  }

  answers(data: unknown): void {
    this.acks.shift()!(null, data);
  }
}

let told: string[];
let opens: () => void;
let line: Line;
let plug: FakePlug;
let channel: Channel;
let clock: number;
const transports = { plan: vi.fn(() => ({})), answered: vi.fn(), failed: vi.fn(), upgradeFailed: vi.fn() };

const listener = (name: string): LinkEvents => ({
  up: () => void told.push(`${name} up`),
  down: () => void told.push(`${name} down`),
  turnedAway: ({ code }) => void told.push(`${name} ${code}`),
  event: (event, payload) => void told.push(`${name} ${event} ${JSON.stringify(payload)}`),
});

const taken = (): string[] => told.splice(0);
const nextTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 5));

beforeEach(() => {
  told = [];
  clock = 0;
  const manager = { opts: {}, on: (_event: "open", opened: () => void) => void (opens = opened) };
  line = new Line(manager as Engine, transports as never, () => 1);
  plug = new FakePlug();
  channel = new Channel(plug, line, () => clock);
  line.add(channel);
});

describe("two rooms of a channel", () => {
  it("share a connection, which is told to both", () => {
    channel.open("a", listener("a"));
    channel.open("b", listener("b"));
    expect(plug.tries).toBe(1);
    plug.comesUp();
    expect(taken()).toEqual(["a up", "b up"]);
    plug.drops();
    expect(taken()).toEqual(["a down", "b down"]);
  });

  it("hear their own events", () => {
    channel.open("a", listener("a"));
    channel.open("b", listener("b"));
    plug.comesUp();
    taken();
    plug.fire("sendMessage", { roomId: "b", id: 1 });
    plug.fire("typing", { roomId: "elsewhere" });
    expect(taken()).toEqual(['b sendMessage {"roomId":"b","id":1}']);
  });

  it("know by the number of people behind it whose a roster is", () => {
    channel.open("a", listener("a"));
    channel.open("b", listener("b"));
    plug.comesUp();
    taken();
    plug.fire("returnChatters", ["ann"]);
    expect(taken()).toEqual([]);
    plug.fire("presence", { roomId: "b", present: 1 });
    plug.fire("presence", { roomId: "a", present: 2 });
    expect(taken()).toEqual([
      'b returnChatters ["ann"]',
      'b presence {"roomId":"b","present":1}',
      'a presence {"roomId":"a","present":2}',
    ]);
  });

  it("are both greeted, with the hub's time as it is by then", async () => {
    channel.open("a", listener("a"));
    plug.comesUp();
    plug.fire("hello", { time: "2024-09-25T02:00:00.000Z" });
    taken();
    clock = 1_500;
    channel.open("b", listener("b"));
    await until(() => expect(told).toEqual(['b hello {"time":"2024-09-25T02:00:01.500Z"}', "b up"]));
  });

  it("end it only together", async () => {
    const [a, b] = [channel.open("a", listener("a")), channel.open("b", listener("b"))];
    plug.comesUp();
    taken();
    a.close();
    expect(plug.connected).toBe(true);
    b.rest();
    expect([plug.connected, plug.active]).toEqual([false, false]);
    expect(taken(), "one's own doing is no news").toEqual([]);
    expect(await b.ask("joinRoom", {}, 1)).toBeNull();
    b.restart();
    plug.comesUp();
    expect(taken()).toEqual(["b up"]);
  });

  it("do not wake a room that rests when the other restarts", () => {
    const [a, b] = [channel.open("a", listener("a")), channel.open("b", listener("b"))];
    plug.comesUp();
    b.rest();
    taken();
    a.restart();
    plug.comesUp();
    expect(taken()).toEqual(["a down", "a up"]);
  });

  it("that rest wake to a connection that is up", async () => {
    channel.open("a", listener("a"));
    const b = channel.open("b", listener("b"));
    plug.comesUp();
    b.rest();
    taken();
    b.hurry();
    await until(() => expect(told).toEqual(["b up"]));
    expect(plug.tries).toBe(1);
  });
});

describe("the connection", () => {
  it("is made again once, however many rooms miss an answer", async () => {
    const [a, b] = [channel.open("a", listener("a")), channel.open("b", listener("b"))];
    plug.comesUp();
    const asked = b.ask("joinRoom", {}, 1).then((answer) => answer === null && b.restart());
    a.restart();
    await asked;
    expect(plug.tries).toBe(2);
    await nextTurn();
    a.restart();
    expect(plug.tries).toBe(3);
  });

  it("is made again for all channels", () => {
    const other = new FakePlug();
    const second = new Channel(other, line);
    line.add(second);
    const a = channel.open("a", listener("a"));
    second.open("c", listener("c"));
    for (const one of [plug, other]) one.comesUp();
    taken();
    a.restart();
    expect(taken()).toEqual(["a down", "c down"]);
    expect([plug.tries, other.tries]).toEqual([2, 2]);
  });

  it("that the hub refuses is refused once for all, and tried again later", async () => {
    const other = new FakePlug();
    const second = new Channel(other, line);
    line.add(second);
    channel.open("a", listener("a"));
    second.open("c", listener("c"));
    const responseText = JSON.stringify({ success: false, message: "", data: null, code: "hub_full", retryAfter: 1 });
    const error = Object.assign(new Error("xhr poll error"), { description: 503, context: { responseText } });
    for (const one of [plug, other]) one.fire("connect_error", error);
    expect(taken()).toEqual(["a hub_full", "c hub_full"]);
    expect([plug.active, other.active]).toEqual([false, false]);
    await until(() => expect([plug.tries, other.tries]).toEqual([2, 2]));
  });

  it("comes back from a goodbye of the hub, but not to nobody", async () => {
    const a = channel.open("a", listener("a"));
    plug.comesUp();
    plug.drops("io server disconnect");
    await until(() => expect(plug.tries).toBe(2));
    plug.comesUp();
    plug.drops("io server disconnect");
    a.close();
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(plug.tries).toBe(2);
  });

  it("of a namespace that never answers is tried again, and the others' stays", () => {
    vi.useFakeTimers();
    const other = new FakePlug();
    const second = new Channel(other, line);
    line.add(second);
    channel.open("a", listener("a"));
    plug.comesUp();
    second.open("c", listener("c"));
    vi.advanceTimersByTime(6_000);
    vi.useRealTimers();
    expect([plug.tries, other.tries, plug.connected]).toEqual([1, 2, true]);
    opens();
  });
});
