// One namespace's connection, shared by the rooms of that channel in which this browser is: each hears its own events, and
// the connection is there for as long as one of them wants it.

import type { Refusal } from "../wire";
import type { Link, LinkEvents } from "./connection";
import type { Line } from "./line";

/** What a channel needs of a socket of Socket.IO's client. */
export interface Plug {
  readonly connected: boolean;
  /** Whether it is connected or comes back by itself. */
  readonly active: boolean;
  readonly volatile: { emit(event: string, payload: unknown): unknown };
  connect(): unknown;
  disconnect(): unknown;
  on(event: string, listener: (...args: never[]) => void): unknown;
  timeout(ms: number): { emit(event: string, ...args: unknown[]): unknown };
}

interface Tap extends LinkEvents {
  readonly roomId: string;
  resting: boolean;
}

const EVENTS = [
  "hello",
  "sendMessage",
  "sendAlert",
  "messageTakenBack",
  "reactions",
  "returnChatters",
  "presence",
  "typing",
  "roomShut",
  "roomMode",
  "roomHistory",
  "roomEdited",
  "roomClosed",
  "muted",
  "unmuted",
  "questionDropped",
  "announcement",
  "announcementGone",
  "poll",
];

/** A connected transport whose namespace never answers is worth no more than a dead one. */
const PATIENCE = 6_000;
/** After a goodbye of the hub, which shuts down or dropped us: a person holding a phone wants to come back. */
const AFTER_GOODBYE = 600;

export class Channel {
  private readonly taps = new Set<Tap>();
  /** While it is put down by us, which is no news. */
  private quiet = false;
  /** The hub's greeting, and when it came: a room that is opened later has to hear it, too. */
  private hello: { said: Record<string, unknown>; at: number } | null = null;
  /** A roster that came: of which room it is, the `presence` behind it says. */
  private roster: unknown;
  private refusals = 0;
  private later: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly plug: Plug,
    private readonly line: Line,
    private readonly now: () => number = Date.now,
  ) {
    plug.on("connect", () => this.connected());
    plug.on("disconnect", (reason: string) => this.disconnected(reason));
    plug.on("connect_error", (error: Error) => this.failed(error));
    for (const name of EVENTS) plug.on(name, (payload: unknown) => this.hear(name, payload));
  }

  get isUp(): boolean {
    return this.plug.connected;
  }

  private get isWanted(): boolean {
    return this.awake().length > 0;
  }

  /** A room's part of it. */
  open(roomId: string, events: LinkEvents): Link {
    const tap: Tap = { ...events, roomId, resting: false };
    this.taps.add(tap);
    this.rouse(tap);
    const restart = (): void => (tap.resting ? this.rouse(tap) : this.taps.has(tap) && this.line.renew()) as void;
    return {
      ask: (event, payload, patience) => (tap.resting ? Promise.resolve(null) : this.ask(event, payload, patience)),
      tell: (event, payload) => void (!tap.resting && this.isUp && this.plug.volatile.emit(event, payload)),
      restart,
      rest: () => {
        tap.resting = true;
        this.settle();
      },
      hurry: () => void ((tap.resting || !this.isUp) && restart()),
      close: () => {
        this.taps.delete(tap);
        this.settle();
      },
    };
  }

  /** Connects, if anybody wants that. */
  plugIn(): void {
    if (this.isWanted) this.plug.connect();
  }

  /** Ends the connection, or an attempt at one. */
  unplug(): void {
    this.plug.disconnect();
  }

  /** The hub will not have this browser just now. */
  turnedAway(refusal: Refusal): void {
    clearTimeout(this.watchdog);
    // The library would come again at once, and be refused again.
    if (this.plug.active) this.unplug();
    for (const tap of this.awake()) tap.turnedAway(refusal);
  }

  /** From now on an answer of the namespace is due. */
  expect(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => {
      if (this.isUp || !this.isWanted) return;
      // The rooms of other channels have theirs, and are not cut off for this one.
      if (!this.line.isUp) return this.line.renew();
      this.unplug();
      this.plugIn();
      this.expect();
    }, PATIENCE);
  }

  private awake(): Tap[] {
    return [...this.taps].filter((tap) => !tap.resting);
  }

  /** A room wants the connection, which may be there already. */
  private rouse(tap: Tap): void {
    if (!this.taps.has(tap)) return;
    tap.resting = false;
    if (!this.isUp) {
      if (!this.plug.active) this.plug.connect();
      if (this.line.isUp) this.expect();
      return;
    }
    queueMicrotask(() => {
      if (!this.isUp || tap.resting || !this.taps.has(tap)) return;
      if (this.hello) tap.event("hello", this.greeting(this.hello));
      tap.up();
    });
  }

  /** A greeting of a while ago, with the hub's time as it is now. */
  private greeting({ said, at }: NonNullable<Channel["hello"]>): unknown {
    const time = Date.parse(String(said.time)) + this.now() - at;
    return Number.isFinite(time) ? { ...said, time: new Date(time).toISOString() } : said;
  }

  /** One room less wants it: with the last one it ends. */
  private settle(): void {
    if (this.isWanted) return;
    clearTimeout(this.later);
    clearTimeout(this.watchdog);
    this.quiet = true;
    this.unplug();
    this.quiet = false;
  }

  private ask(event: string, payload: unknown, patience: number): Promise<unknown | null> {
    return new Promise((resolve) => {
      if (!this.isUp) return resolve(null);
      this.plug.timeout(patience).emit(event, payload, (failure: Error | null, answer: unknown) => {
        if (!failure) this.line.answered();
        resolve(failure ? null : answer);
      });
    });
  }

  private connected(): void {
    this.refusals = 0;
    clearTimeout(this.watchdog);
    this.line.connected();
    for (const tap of this.awake()) tap.up();
  }

  private disconnected(reason: string): void {
    this.hello = null;
    this.roster = undefined;
    if (this.quiet) return;
    if (reason !== "io client disconnect") this.line.ended();
    for (const tap of this.awake()) tap.down();
    // The library does not come back by itself from a goodbye of the hub.
    if (reason === "io server disconnect") this.again(AFTER_GOODBYE);
  }

  private failed(error: Error): void {
    if (this.line.isRefused(error)) return;
    if (this.plug.active) {
      this.line.ended();
      for (const tap of this.awake()) tap.down();
      return;
    }
    // The namespace's refusal: the library passes its sentence on, and nothing else.
    const refusal: Refusal = { code: "unavailable", message: error.message, retryAfter: null };
    this.refusals += 1;
    this.turnedAway(refusal);
    this.again(this.line.pause(refusal, this.refusals));
  }

  private again(delay: number): void {
    clearTimeout(this.later);
    this.later = setTimeout(() => this.plugIn(), delay);
  }

  private hear(name: string, payload: unknown): void {
    if (name === "hello") {
      this.hello = { said: payload as Record<string, unknown>, at: this.now() };
      for (const tap of this.awake()) tap.event(name, payload);
      return;
    }
    if (name === "returnChatters") {
      this.roster = payload;
      return;
    }
    const { roster } = this;
    const roomId = (payload as { roomId?: unknown } | null)?.roomId;
    for (const tap of this.awake()) {
      // What names no room is about all of them: that the host has muted one, or speaks to everybody.
      if (typeof roomId === "string" && tap.roomId !== roomId) continue;
      if (name === "presence" && roster !== undefined) tap.event("returnChatters", roster);
      tap.event(name, payload);
    }
    if (name === "presence") this.roster = undefined;
  }
}
