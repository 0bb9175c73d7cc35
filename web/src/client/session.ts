// One room, from entering to leaving: keeps `RoomState` true while the network comes and goes.
//
// Two rules hold it together. Everything shown came from the hub in order (`store/log.ts`), and
// everything typed stays in the outbox until the hub acknowledged it, which it does only once it
// is committed. So any moment is a good one to lose the connection.

import { heard } from "../store/hear";
import { withReacted, withTakenBack } from "../store/past";
import { withRunning } from "../store/polls";
import * as Log from "../store/log";
import * as Outbox from "../store/outbox";
import * as State from "../store/room";
import type { Phase, RoomState } from "../store/room";
import {
  readAnswer,
  readHello,
  readJoinAck,
  readReacted,
  passes,
  type Answer,
  type Chatter,
  type Closed,
  type ErrorCode,
  type JoinAck,
  type Message,
  type Refusal,
  type Room,
} from "../wire";
import { readPolls } from "../wire.polls";
import { Acts, type Stage } from "./acts";
import { pause, type Connect, type Link } from "./connection";
import { Unreachable, type Api } from "./http";
import type { Identity } from "./identity";
import { Keeper } from "./keeper";
import { Pages, type Binder } from "./pages";
import { Reader, type Shelf } from "./reader";
import { Sender, type Desk } from "./sender";
import type { Memory } from "./storage";
import { Waiting, type Door } from "./waiting";

export interface Surroundings {
  api: Api;
  connect: Connect;
  identity: Pick<Identity, "isMissing" | "take">;
  memory: Memory;
  newKey(): string;
  now(): number;
  wait(ms: number): Promise<void>;
  /** Has another room of the channel left, since the hub allows no more at once. Whether there was one. */
  makePlace?(session: Session): boolean;
}

const JOIN_PATIENCE = 8_000;
const PROBE_PATIENCE = 4_000;
const LEAVE_PATIENCE = 1_500;
/** A message out of order is often followed at once by the one before it. */
const GAP_PATIENCE = 250;
/** After this long out of sight a connection may be dead without knowing it. */
const ASLEEP = 12_000;
const TYPING_EVERY = 3_000;
/** A room that nobody looks at goes in behind the one on the screen, in ms. */
const BEHIND = 500;
/** How many messages are kept of a busy one, at least. */
const BACKLOG = 500;

/** Where the id of the hub this browser met last is kept. */
export const MET = "cola.met";

/** Why a room is over for somebody who was in it and is refused. */
function overBy(code: ErrorCode): Closed | null {
  if (code === "banned") return code;
  // A hub that was started since knows only the rooms that live.
  return code === "expired" || code === "no_such_room" ? "expired" : null;
}

export class Session {
  state: RoomState;
  private link: Link | null = null;
  private keep: Keeper | null = null;
  private ended = false;
  private joined = false;
  private joining = false;
  /** What came while the answer to a join was awaited: over polling, behind the answer in one response. */
  private early: [string, unknown][] = [];
  /** How often in a row the room could not be joined just now. */
  private refusals = 0;
  /** Whether a new token has been taken since the room was last opened: once has to be enough. */
  private reintroduced = false;
  private watching = true;
  private looking = true;
  private onScreen = true;
  private awaySince = 0;
  private typingToldAt = 0;
  private password: string | null;
  /** How often the room was joined: tells one connection from the next. */
  private joins = 0;
  /** Up to when reactions are known, in the hub's own count. */
  private reactionsAt: number | null = null;
  /** The count of places in which this log's seqs are. */
  private epoch: string | null = null;
  private readonly sender: Sender;
  private readonly waiting: Waiting;
  /** Older pages, and jumps to places far back. */
  readonly reader: Reader;
  readonly acts: Acts;
  private readonly pages: Pages;

  constructor(
    code: string,
    private readonly around: Surroundings,
    private readonly onChange: (state: RoomState) => void,
    hints: { room?: Room | undefined; password?: string | undefined } = {},
  ) {
    this.state = State.newRoom(code);
    this.password = hints.password ?? null;
    const desk = this.desk();
    this.sender = new Sender(desk);
    this.reader = new Reader(desk);
    this.acts = new Acts(desk);
    this.pages = new Pages(desk);
    this.waiting = new Waiting(desk);
    if (hints.room) this.state = { ...this.state, room: hints.room, present: hints.room.present };
  }

  // ---- entering -------------------------------------------------------------------------------

  async start(): Promise<void> {
    const room = this.state.room ?? (await this.insist(() => this.around.api.roomByCode(this.state.code)));
    if (!room || this.ended) return;
    if (this.around.identity.isMissing && !(await this.introduce())) return;
    this.keep = new Keeper(this.around.memory, room.id);
    const { hidden } = this.keep;
    // Kept for another week.
    this.keep.hidden = hidden;
    this.change({ room, present: room.present, outbox: this.keep.outbox(), hidden, closed: room.isExpired ? "expired" : null });
    this.link = this.around.connect(room, {
      up: () => this.comeIn(),
      down: () => this.lost(),
      turnedAway: ({ code }) => this.lost(code),
      event: (name, payload) => this.hear(name, payload),
    });
  }

  /** Gets this browser a token, since it keeps no cookie. Whether it has one. */
  private async introduce(): Promise<boolean> {
    return (await this.insist(() => this.around.identity.take())) !== null && !this.ended;
  }

  /** The connection belongs to somebody whom the calls over HTTP do not: the cookie gets lost, so a token has to do. */
  private async reintroduce(): Promise<void> {
    this.joined = false;
    this.reintroduced = true;
    if (await this.introduce()) this.link?.restart();
  }

  /** Asks for what has to be known before there is a connection, for as long as it takes to reach the hub. */
  private async insist<T>(ask: () => Promise<Answer<T>>): Promise<T | null> {
    for (let pause = 500; !this.ended; pause = Math.min(pause * 2, 5_000)) {
      try {
        const answer = await ask();
        if (answer.ok) return answer.data;
        const { code, retryAfter } = answer.refusal;
        if (!passes(code)) {
          this.refuse(answer.refusal);
          return null;
        }
        this.change({ phase: { name: "retrying", refused: code } });
        pause = Math.max(pause, (retryAfter ?? 0) * 1000);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        this.change({ phase: { name: "retrying" } });
      }
      await this.around.wait(pause);
    }
    return null;
  }

  private comeIn(): void {
    if (this.onScreen) return void this.join();
    void this.around.wait(BEHIND * (1 + Math.random())).then(() => void (this.joined || this.join()));
  }

  private async join(patience = JOIN_PATIENCE): Promise<void> {
    const { room, me, log } = this.state;
    if (!room || !this.link || this.joining || this.ended) return;
    this.joining = true;
    const known = this.reactionsAt === null ? {} : { reactionsAfter: this.reactionsAt };
    const after = log.upTo === null ? {} : { after: log.upTo, epoch: this.epoch, ...known };
    const password = this.password === null ? {} : { password: this.password };
    const payload = { roomId: room.id, chatterId: me?.id ?? null, ...password, ...after };
    const reply = await this.link.ask("joinRoom", payload, patience);
    this.joining = false;
    if (this.ended) return;
    const answer = reply === null ? null : readAnswer(reply, readJoinAck);
    if (!answer?.ok) this.hearEarly();
    if (answer === null) return this.link.restart();
    if (!answer.ok) return this.notAdmitted(answer.refusal);
    this.password = null;
    this.refusals = 0;
    this.waiting.over();
    await this.admitted(answer.data);
  }

  private async admitted(ack: JoinAck): Promise<void> {
    const { room, lastSeq, firstSeq, pruned, epoch, reset, missed, more, takenBack, reacted, reactionsAt, muted, announcements = [], polls, ...me } =
      ack;
    this.epoch = epoch;
    // The hub had to go on from a copy of its database: what is here is no longer what it has.
    if (reset) this.change({ log: Log.emptyLog, past: null, goal: null, going: null, settled: new Map() });
    else if (takenBack.length > 0) this.change(withTakenBack(this.state, takenBack));
    this.change({ ...(reacted ?? []).reduce(withReacted, this.state), muted: muted ?? null, announcements, polls: withRunning(this.state.polls, readPolls(polls) ?? []) });
    this.reactionsAt = reactionsAt ?? null;
    this.hearEarly();
    const names = new Map(this.state.names).set(me.id, me.nickname);
    this.change(State.inMode(this.state, room, this.around.now()));
    this.change({ me, names, present: room.present, closed: room.isExpired ? "expired" : null, pruned });
    this.joined = true;
    this.joins += 1;
    const whole =
      this.state.log.upTo === null ? await this.pages.open(lastSeq, firstSeq) : await this.pages.catchUp(missed, more);
    if (!whole || this.ended || !this.joined) return;
    this.change({ phase: { name: "live" }, outbox: Outbox.askAgain(this.state.outbox) });
    void this.sender.pump();
    this.acts.resume();
  }

  private notAdmitted(refusal: Refusal): void {
    const { code, retryAfter } = refusal;
    const asked = this.password !== null;
    if (code === "locked" || code === "wrong_password" || (asked && code === "too_fast")) {
      this.password = null;
      this.rest();
      const problem = code === "locked" && !asked ? null : code;
      return this.change({ phase: { name: "locked", problem, retryAfter } });
    }
    if (code === "too_many_yours" && this.onScreen && this.around.makePlace?.(this)) return void this.join();
    if (code === "full") {
      this.rest();
      this.change({ phase: { name: "waiting" } });
      return this.waiting.again(refusal);
    }
    if (passes(code)) {
      this.change({ phase: { name: "retrying", refused: code } });
      this.refusals += 1;
      void this.around.wait(pause(refusal, this.refusals)).then(() => void (this.joined || this.join()));
      return;
    }
    this.refuse(refusal);
  }

  private refuse({ code, retryAfter }: Refusal): void {
    this.rest();
    const over = this.state.log.upTo === null ? null : overBy(code);
    if (over === null) return this.change({ phase: { name: "refused", code, retryAfter } });
    // Messages that were read before may still be read.
    this.change({ closed: this.state.closed ?? over, phase: { name: "live" } });
    this.sender.giveUp(code);
  }

  /** A page in no room, which only reads or waits for a password, holds no place in the hub. */
  private rest(): void {
    this.goOut();
    this.link?.rest();
  }

  /** Rooms of one channel share a connection: that this one no longer needs it takes nobody out of the room. */
  private goOut(): void {
    if (this.joined || this.joining) void this.ask("leaveRoom", { roomId: this.state.room!.id }, LEAVE_PATIENCE);
    this.joined = false;
  }

  unlock(password: string): void {
    this.password = password;
    this.change({ phase: { name: "entering" } });
    void this.join();
  }

  /** Asks again after a refusal. */
  again(): void {
    const { phase } = this.state;
    this.change({ phase: { name: "entering" } });
    if (!this.link) void this.start();
    else if (phase.name === "refused" && phase.code === "not_joined") void this.reintroduce();
    else void this.join();
  }

  // ---- losing and coming back -----------------------------------------------------------------

  private lost(refused?: ErrorCode): void {
    this.joined = false;
    const { name } = this.state.phase;
    if (name !== "live" && name !== "entering" && name !== "retrying") return;
    const phase: Phase = refused === undefined ? { name: "retrying" } : { name: "retrying", refused };
    this.change({ phase, typing: new Map() });
  }

  /** The page is looked at again, or the phone says it has a network. */
  wake(): void {
    const { phase, closed } = this.state;
    // Nothing comes of itself here: it takes a person who wants in.
    if (phase.name === "refused" || phase.name === "locked" || closed !== null) return;
    if (phase.name === "waiting") return this.waiting.now();
    if (!this.joined) return this.link?.hurry();
    // All rooms share a connection: to try it the one on the screen is enough.
    const isAsleep = this.onScreen && Math.abs(this.around.now() - this.awaySince) > ASLEEP;
    if (isAsleep) void this.join(PROBE_PATIENCE);
  }

  /** The lobby's list has a place in this room. */
  hasPlace(): void {
    if (this.state.phase.name === "waiting") this.waiting.now();
  }

  /** Whether the page is looked at. */
  watch(looking: boolean): void {
    if (looking === this.looking) return;
    this.looking = looking;
    this.look();
    if (looking) return this.wake();
    this.awaySince = this.around.now();
  }

  /** Whether this room is on the screen, or goes on behind another. */
  show(onScreen: boolean): void {
    if (onScreen === this.onScreen) return;
    this.onScreen = onScreen;
    this.look();
    // It does not wait for its turn any longer.
    const { phase, closed } = this.state;
    if (onScreen && !this.joined && closed === null && phase.name !== "locked") void this.join();
  }

  /** What comes while nobody looks stands below the line "new". */
  private look(): void {
    const watching = this.looking && this.onScreen;
    if (watching === this.watching) return;
    this.watching = watching;
    if (!watching) this.change({ unreadFrom: this.firstUnread(this.state.log.upTo) });
  }

  /** Whether one is in the room, or will be again once the hub is reached. */
  get isInside(): boolean {
    const { log, closed, phase } = this.state;
    return log.upTo !== null && closed === null && (phase.name === "live" || phase.name === "retrying");
  }

  // ---- hearing --------------------------------------------------------------------------------

  private hearEarly(): void {
    for (const [name, payload] of this.early.splice(0)) this.hear(name, payload);
  }

  private hear(name: string, payload: unknown): void {
    if (this.joining) return void this.early.push([name, payload]);
    const { outbox } = this.state;
    this.state = heard(this.state, name, payload, this.around.now(), this.watching);
    this.keep?.keepChanged(outbox, this.state.outbox);
    if (!this.onScreen) this.state = { ...this.state, log: Log.newest(this.state.log, BACKLOG) };
    // Messages that are still on their way are refused first, and then can be told so.
    if (this.state.closed && this.joined && this.state.outbox.length === 0) this.rest();
    this.onChange(this.state);
    if (name === "hello") this.around.memory.set(MET, readHello(payload)?.hub.id ?? "");
    const at = name === "reactions" ? readReacted(payload)?.at : undefined;
    if (at !== undefined) this.reactionsAt = Math.max(at, this.reactionsAt ?? 0);
    if (name === "typing") void this.around.wait(State.TYPING_LASTS + 50).then(() => this.change({}));
    if (Log.hasGap(this.state.log)) void this.around.wait(GAP_PATIENCE).then(() => this.pages.mend());
  }

  // ---- saying ---------------------------------------------------------------------------------

  say(content: string, isQuestion = false): void {
    this.typingToldAt = 0;
    this.sender.say(this.around.newKey(), content, this.around.now(), isQuestion);
  }

  retry(key: string): void {
    this.sender.retry(key);
  }

  discard(key: string): void {
    this.sender.discard(key);
  }

  /** What the parts of a session need of it, each a part of this. */
  private desk(): Desk & Shelf & Stage & Binder & Door {
    const session = this;
    const { api, wait } = this.around;
    return {
      api,
      wait,
      get state() {
        return session.state;
      },
      get keep() {
        return session.keep;
      },
      get joined() {
        return session.joined;
      },
      get joins() {
        return session.joins;
      },
      get isIn() {
        return session.joined && !session.ended;
      },
      get watching() {
        return session.watching;
      },
      get isWaiting() {
        return !session.ended && session.state.phase.name === "waiting";
      },
      change: (patch) => session.change(patch),
      ask: (event, payload, patience) => session.ask(event, payload, patience),
      now: () => session.around.now(),
      ready: () => session.joined && !session.ended && session.state.phase.name === "live",
      deaf: () => session.link?.restart(),
      idle() {
        if (session.state.closed && session.joined) session.rest();
      },
      forgotten() {
        // Taken out by the host: what was on its way waits until they want in again.
        if (session.state.closed) return session.sender.giveUp("not_joined");
        session.joined = false;
        session.change({ phase: { name: "retrying" } });
        void session.join();
      },
      firstUnread: (lastSeq) => session.firstUnread(lastSeq),
      refuse: (refusal) => session.refuse(refusal),
      unknown() {
        if (session.reintroduced) return false;
        void session.reintroduce();
        return true;
      },
      known: () => void (session.reintroduced = false),
      look: () => api.roomByCode(session.state.code),
      goIn: () => void session.join(),
    };
  }

  private ask(event: string, payload: unknown, patience: number): Promise<unknown | null> {
    return this.link?.ask(event, payload, patience) ?? Promise.resolve(null);
  }

  // ---- the rest -------------------------------------------------------------------------------

  /** The next message answers this one, or none. */
  answer(message: Message | null): void {
    this.change({ answering: message });
  }

  /** Hides somebody on this phone, or shows them again. */
  hide(chatter: Pick<Chatter, "id" | "nickname">, hide: boolean): void {
    this.change(State.withHidden(this.state, chatter, hide));
    if (this.keep) this.keep.hidden = this.state.hidden;
  }

  /** Tells the others that one is typing: at the first key, then now and then, and when it ends. */
  typing(isTyping: boolean): void {
    const now = this.around.now();
    if (isTyping ? Math.abs(now - this.typingToldAt) < TYPING_EVERY : this.typingToldAt === 0) return;
    this.typingToldAt = isTyping ? now : 0;
    if (this.joined) this.link?.tell("typing", { roomId: this.state.room!.id, isTyping });
  }

  get draft(): string {
    return this.keep?.draft ?? "";
  }

  set draft(text: string) {
    if (this.keep) this.keep.draft = text;
  }

  /** Everything up to `seq` has been seen. */
  read(seq: number): void {
    const { keep, state } = this;
    const before = keep?.read ?? null;
    // A hub that went on from a copy counts from a lower place.
    if (!keep || (before !== null && seq <= before && before <= (state.log.upTo ?? seq))) return;
    const last = state.log.messages.filter((message) => message.seq <= seq).pop();
    keep.readUpTo({ seq, sentAt: last?.sentAt ?? null });
  }

  /** Where new begins, for somebody who has been away. */
  private firstUnread(lastSeq: number | null): number | null {
    const read = this.keep?.read ?? null;
    return read !== null && lastSeq !== null && read < lastSeq ? read + 1 : null;
  }

  /** Leaves the room, or gives it up. */
  end(): void {
    this.goOut();
    this.ended = true;
    this.link?.close();
  }

  private change(patch: Partial<RoomState>): void {
    this.state = { ...this.state, ...patch };
    this.onChange(this.state);
  }
}
