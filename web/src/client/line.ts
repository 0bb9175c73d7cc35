// This browser's one connection to the hub (a Manager of Socket.IO's client), over which all channels talk: how it is tried,
// what a refused handshake means, and that all of it is made again together.

import type { Refusal } from "../wire";
import type { Channel } from "./channel";
import { pause, refusalIn } from "./connection";
import type { Plan, Transports } from "./transports";

/** What a line needs of a Manager. */
export interface Engine {
  readonly engine?: { readonly transport?: { readonly name: string } | null; on(event: "upgradeError", listener: () => void): unknown };
  readonly opts: { transports?: unknown };
  on(event: "open", listener: () => void): unknown;
}

export class Line {
  private readonly channels = new Set<Channel>();
  /** Through which transport the hub has answered, in this connection. */
  private answeredBy: string | null = null;
  /** The attempt whose end has been looked at: it may be told more than once. */
  private judged: unknown;
  /** The refusal that has been told; each channel brings it. */
  private refused: unknown;
  private refusals = 0;
  private later: ReturnType<typeof setTimeout> | undefined;
  private renewing = false;
  /** Whether the hub has been met since the page was opened. */
  met = false;

  constructor(
    private readonly manager: Engine,
    private readonly transports: Pick<Transports, "plan" | "answered" | "failed" | "upgradeFailed">,
    readonly pause: (refusal: Refusal, refusals: number) => number = pauseOf,
  ) {
    manager.on("open", () => {
      manager.engine?.on("upgradeError", () => transports.upgradeFailed());
      for (const channel of this.channels) if (!channel.isUp) channel.expect();
    });
  }

  add(channel: Channel): void {
    this.channels.add(channel);
  }

  get isUp(): boolean {
    return [...this.channels].some((channel) => channel.isUp);
  }

  /**
   * Drops the connection, or the attempt at one, and makes another at once. Not `engine.close()`: this also ends an attempt that
   * waits on an address that is gone. What several rooms ask for at once is done once.
   */
  renew(): void {
    if (this.renewing) return;
    this.renewing = true;
    setTimeout(() => (this.renewing = false), 0);
    this.ended();
    for (const channel of this.channels) channel.unplug();
    for (const channel of this.channels) channel.plugIn();
  }

  connected(): void {
    this.met = true;
    this.refusals = 0;
  }

  answered(): void {
    this.answeredBy = this.transport;
    this.transports.answered(this.answeredBy);
  }

  /** It ended, or never came about: what that says of its transport decides what is tried next. */
  ended(): void {
    const { engine, opts } = this.manager;
    if (engine === this.judged) return;
    this.judged = engine;
    const began = (opts.transports as Plan["transports"] | undefined)?.[0];
    if (this.answeredBy !== this.transport) this.transports.failed(this.transport, began);
    this.answeredBy = null;
    Object.assign(opts, this.transports.plan());
  }

  /** Whether the hub refused the handshake. It is tried again when the hub says, or in longer steps, for all channels at once. */
  isRefused(error: Error): boolean {
    const refusal = refusalIn(error);
    if (refusal === null || this.refused === error) return refusal !== null;
    this.refused = error;
    this.refusals += 1;
    for (const channel of this.channels) channel.turnedAway(refusal);
    clearTimeout(this.later);
    this.later = setTimeout(() => {
      for (const channel of this.channels) channel.plugIn();
    }, this.pause(refusal, this.refusals));
    return true;
  }

  private get transport(): string {
    return this.manager.engine?.transport?.name ?? "";
  }
}

const pauseOf = (refusal: Refusal, refusals: number): number => pause(refusal, refusals);
