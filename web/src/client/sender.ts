// Carries the outbox to the hub: in order, each message after the one before it was acknowledged.
//
// Nothing leaves the outbox before the hub said that it is committed. A message that may or may
// not have arrived is sent again with the same key, which makes it one.

import * as Outbox from "../store/outbox";
import { named, nicknameOf, slowedFor, withSettled, type RoomState } from "../store/room";
import { receive } from "../store/log";
import { readAnswer, readSaid, type ErrorCode, type Message } from "../wire";
import type { Keeper } from "./keeper";

/** The part of its session that the sender needs. */
export interface Desk {
  readonly state: RoomState;
  readonly keep: Keeper | null;
  change(patch: Partial<RoomState>): void;
  ask(event: string, payload: unknown, patience: number): Promise<unknown | null>;
  wait(ms: number): Promise<void>;
  now(): number;
  /** Whether the hub would take a message now. */
  ready(): boolean;
  /** The connection does not answer. */
  deaf(): void;
  /** The hub does not know us in this room (any more). */
  forgotten(): void;
  /** Nothing is on its way. */
  idle(): void;
}

const PATIENCE = 6_000;
/** How often a hub that cannot write just now (its card is full, it shuts down) is asked again by itself. */
const UNAVAILABLE_TRIES = 3;
/** In seconds: from here on one is told that one waits; and no longer than this at once. */
const LONG_WAIT = 3;
const LONGEST_WAIT = 30;
/** How often somebody who waits in a slow room looks whether it still is, in ms. */
const LOOK_EVERY = 1_000;

export class Sender {
  private pumping = false;

  constructor(private readonly desk: Desk) {}

  say(key: string, content: string, now: number, isQuestion: boolean): void {
    const { state, keep } = this.desk;
    const { answering } = state;
    const replyTo = answering && {
      seq: answering.seq,
      nickname: nicknameOf(state, answering.chatter),
      excerpt: answering.content,
    };
    const mentions = named(state, content);
    const outbox = Outbox.add(state.outbox, key, content, now, keep?.lastPlace, replyTo, mentions, isQuestion);
    this.desk.change({ outbox, unreadFrom: null, answering: null });
    this.store(key);
    void this.pump();
  }

  retry(key: string): void {
    this.desk.change({ outbox: Outbox.retry(this.desk.state.outbox, key, this.desk.keep?.lastPlace) });
    this.store(key);
    void this.pump();
  }

  discard(key: string): void {
    this.desk.change({ outbox: Outbox.drop(this.desk.state.outbox, key) });
    this.desk.keep?.dropOutgoing(key);
  }

  /** Nothing that waits will ever be taken: says so at each. */
  giveUp(code: ErrorCode): void {
    for (const { key, state } of this.desk.state.outbox) {
      if (state === "sending") this.unsent(key, code);
    }
  }

  /** Sends what waits, as long as there is a hub that takes it. Called again whenever there may be. */
  async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    let tries = 0;
    for (let one = this.next(); one; one = this.next()) {
      const slowed = slowedFor(this.desk.state, this.desk.now());
      if (slowed > 0) {
        await this.desk.wait(Math.min(LOOK_EVERY, slowed));
        continue;
      }
      const { content, key, mentions } = one;
      const more = {
        ...(one.replyTo && { replyTo: one.replyTo.seq }),
        ...(mentions.length > 0 && { mentions }),
        ...(one.isQuestion && { question: true }),
      };
      const payload = { roomId: this.desk.state.room!.id, content, key, ...more };
      const reply = await this.desk.ask("sendMessage", payload, PATIENCE);
      if (reply === null) {
        if (this.desk.ready()) this.desk.deaf();
        break;
      }
      const answer = readAnswer(reply, readSaid);
      if (answer.ok) {
        tries = 0;
        if ("held" in answer.data) this.held(one.key);
        else this.sent(one.key, answer.data);
        this.slowDown(this.desk.state.room?.every ?? 0);
        continue;
      }
      const { code, retryAfter } = answer.refusal;
      if (code === "not_joined") {
        this.desk.forgotten();
        break;
      }
      if (code === "slow_mode" && this.desk.state.room?.mode === "slow") {
        this.slowDown(retryAfter ?? 1);
        continue;
      }
      tries += 1;
      if (code === "slow_mode" || code === "too_fast" || (code === "unavailable" && tries < UNAVAILABLE_TRIES)) {
        await this.rest(Math.min(LONGEST_WAIT, retryAfter ?? tries));
        continue;
      }
      tries = 0;
      this.unsent(one.key, code);
    }
    this.pumping = false;
    this.desk.idle();
  }

  private slowDown(seconds: number): void {
    this.desk.change({ nextAt: this.desk.now() + seconds * 1000 });
  }

  /** Waits as long as the hub says; a short wait is nobody's business. */
  private async rest(seconds: number): Promise<void> {
    const paced = seconds >= LONG_WAIT;
    if (paced) this.desk.change({ paced });
    await this.desk.wait(seconds * 1000);
    if (paced) this.desk.change({ paced: false });
  }

  private next(): Outbox.Outgoing | undefined {
    return this.desk.ready() ? Outbox.next(this.desk.state.outbox) : undefined;
  }

  private held(key: string): void {
    this.desk.change({ outbox: Outbox.hold(this.desk.state.outbox, key) });
    this.store(key);
  }

  private sent(key: string, message: Message): void {
    const settled = withSettled(this.desk.state, key, message);
    this.desk.keep?.dropOutgoing(key);
    this.desk.change({ ...settled, log: receive(settled.log, message) });
  }

  private unsent(key: string, code: ErrorCode): void {
    const { state } = this.desk;
    const echoed = state.echoed === key ? null : state.echoed;
    const closed = state.closed ?? (code === "expired" || code === "banned" ? code : null);
    this.desk.change({ outbox: Outbox.fail(state.outbox, key, code), echoed, closed });
    this.store(key);
  }

  private store(key: string): void {
    const one = this.desk.state.outbox.find((entry) => entry.key === key);
    if (one) this.desk.keep?.keepOutgoing(one);
  }
}
