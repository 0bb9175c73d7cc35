// One room, from entering to leaving: keeps `RoomState` true while the network comes and goes.
//
// Two rules hold it together. Everything shown came from the hub in order (`store/log.ts`), and
// everything typed stays in the outbox until the hub acknowledged it, which it does only once it
// is committed. So any moment is a good one to lose the connection.

import { heard, told } from "../store/hear";
import { withReacted, withTakenBack } from "../store/past";
import * as Log from "../store/log";
import * as State from "../store/room";
import type { Phase, RoomState } from "../store/room";
import {
  readAnswer,
  readChatter,
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
import { pause, type Connect, type Link } from "./connection";
import { Unreachable, type Api } from "./http";
import type { Identity } from "./identity";
import { Keeper } from "./keeper";
import { Reader } from "./reader";
import { Sender } from "./sender";
import type { Memory } from "./storage";

export interface Surroundings {
  api: Api;
  connect: Connect;
  identity: Pick<Identity, "isMissing" | "take">;
  memory: Memory;
  newKey(): string;
  now(): number;
  wait(ms: number): Promise<void>;
}

const JOIN_PATIENCE = 8_000;
const RENAME_PATIENCE = 8_000;
const ACT_PATIENCE = 8_000;
const PROBE_PATIENCE = 4_000;
/** A message out of order is often followed at once by the one before it. */
const GAP_PATIENCE = 250;
/** After this long out of sight a connection may be dead without knowing it. */
const ASLEEP = 12_000;
const TYPING_EVERY = 3_000;
/** How many pages of history a room opens with at most, so that the line where new begins is in it. */
const OPENING_PAGES = 20;

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
  private waiting: [string, unknown][] = [];
  private catchingUp = false;
  /** How often in a row the room could not be joined just now. */
  private refusals = 0;
  /** Whether a new token has been taken since the room was last opened: once has to be enough. */
  private reintroduced = false;
  private watching = true;
  private awaySince = 0;
  private typingToldAt = 0;
  private password: string | null;
  /** How often the room was joined: tells one connection from the next. */
  private joins = 0;
  /** Reactions that the hub has not answered, each the last of its kind. */
  private readonly unheard = new Map<string, () => unknown>();
  /** What was wished last of each reaction that is under way. */
  private readonly wishes = new Map<string, { on: boolean }>();
  /** Up to when reactions are known, in the hub's own count. */
  private reactionsAt: number | null = null;
  /** The count of places in which this log's seqs are. */
  private epoch: string | null = null;
  private readonly sender: Sender;
  /** Older pages, and jumps to places far back. */
  readonly reader: Reader;

  constructor(
    code: string,
    private readonly around: Surroundings,
    private readonly onChange: (state: RoomState) => void,
    hints: { room?: Room | undefined; password?: string | undefined } = {},
  ) {
    this.state = State.newRoom(code);
    this.password = hints.password ?? null;
    this.sender = this.makeSender();
    this.reader = this.makeReader();
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
    this.link = this.around.connect(room.namespace, {
      up: () => void this.join(),
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
    if (!answer?.ok) this.hearWaiting();
    if (answer === null) return this.link.restart();
    if (!answer.ok) return this.notAdmitted(answer.refusal);
    this.password = null;
    this.refusals = 0;
    await this.admitted(answer.data);
  }

  private async admitted(ack: JoinAck): Promise<void> {
    const { room, lastSeq, firstSeq, pruned, epoch, reset, missed, more, takenBack, reacted, reactionsAt, muted, ...me } = ack;
    this.epoch = epoch;
    // The hub had to go on from a copy of its database: what is here is no longer what it has.
    if (reset) this.change({ log: Log.emptyLog, past: null, goal: null, going: null, settled: new Map() });
    else if (takenBack.length > 0) this.change(withTakenBack(this.state, takenBack));
    this.change({ ...(reacted ?? []).reduce(withReacted, this.state), muted: muted ?? null });
    this.reactionsAt = reactionsAt ?? null;
    this.hearWaiting();
    const names = new Map(this.state.names).set(me.id, me.nickname);
    this.change(State.inMode(this.state, room, this.around.now()));
    this.change({ me, names, present: room.present, closed: room.isExpired ? "expired" : null, pruned });
    this.joined = true;
    this.joins += 1;
    const whole =
      this.state.log.upTo === null ? await this.openLog(lastSeq, firstSeq) : await this.catchUp(missed, more);
    if (!whole || this.ended || !this.joined) return;
    this.change({ phase: { name: "live" } });
    void this.sender.pump();
    const unheard = [...this.unheard.values()];
    this.unheard.clear();
    for (const again of unheard) again();
  }

  /** The newest messages, back to the line where new begins. */
  private async openLog(lastSeq: number, firstSeq: number): Promise<boolean> {
    const unreadFrom = this.firstUnread(lastSeq);
    let messages: Message[] = [];
    let more = true;
    for (let pages = 0; more && pages < OPENING_PAGES; pages += 1) {
      const from = messages[0]?.seq ?? lastSeq + 1;
      // With something above the line that was read before.
      if (pages > 0 && (unreadFrom === null || from < unreadFrom)) break;
      const page = await this.fetched(() => this.around.api.before(this.state.room!.id, from));
      if (!page) return false;
      this.reintroduced = false;
      messages = [...page.messages, ...messages];
      more = page.more && page.messages.length > 0;
    }
    this.change({ log: Log.open(this.state.log, messages, lastSeq, more, firstSeq), unreadFrom });
    return true;
  }

  /** Everything after what we have, page by page, until the hub says that is all. */
  private async catchUp(first: Message[] | null, firstMore: boolean): Promise<boolean> {
    if (this.catchingUp) return true;
    this.catchingUp = true;
    // Messages that nobody could see are below the line.
    if (first) this.change({ unreadFrom: this.firstUnread(this.state.log.upTo) });
    try {
      let messages = first ?? [];
      let more = first === null || firstMore;
      if (first) this.take(messages, !more, false);
      while (more && this.joined && !this.ended) {
        const page = await this.fetched(() => this.around.api.after(this.state.room!.id, this.state.log.upTo ?? 0));
        if (!page) return false;
        messages = page.messages;
        more = page.more && messages.length > 0;
        this.take(messages, !more, first === null && this.watching);
      }
      return this.joined;
    } finally {
      this.catchingUp = false;
    }
  }

  private take(messages: Message[], complete: boolean, seen: boolean): void {
    this.change({ log: Log.fill(this.state.log, messages, complete) });
    for (const message of messages) this.state = told(this.state, message, seen);
    this.onChange(this.state);
  }

  /** A fetch that is tried until it works, as long as we are in the room. */
  private async fetched<T>(fetch: () => Promise<Answer<T>>): Promise<T | null> {
    for (let pause = 400; this.joined && !this.ended; pause = Math.min(pause * 2, 4_000)) {
      try {
        const answer = await fetch();
        if (answer.ok) return answer.data;
        const { code, retryAfter } = answer.refusal;
        if (code === "not_joined" && this.state.log.upTo === null && !this.reintroduced) {
          await this.reintroduce();
          return null;
        }
        if (!passes(code)) {
          this.refuse(answer.refusal);
          return null;
        }
        pause = Math.max(pause, (retryAfter ?? 0) * 1000);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
      }
      await this.around.wait(pause);
    }
    return null;
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
    this.joined = false;
    this.link?.rest();
  }

  unlock(password: string): void {
    this.password = password;
    this.change({ phase: { name: "entering" } });
    void this.join();
  }

  /** Asks again after a refusal (a full room may have a place now). */
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
    if (!this.joined) return this.link?.hurry();
    if (Math.abs(this.around.now() - this.awaySince) > ASLEEP) void this.join(PROBE_PATIENCE);
  }

  /** Whether somebody is looking. What comes while nobody is stands below the line "new". */
  watch(watching: boolean): void {
    if (watching === this.watching) return;
    this.watching = watching;
    if (watching) return this.wake();
    this.awaySince = this.around.now();
    this.change({ unreadFrom: this.firstUnread(this.state.log.upTo) });
  }

  // ---- hearing --------------------------------------------------------------------------------

  private hearWaiting(): void {
    for (const [name, payload] of this.waiting.splice(0)) this.hear(name, payload);
  }

  private hear(name: string, payload: unknown): void {
    if (this.joining) return void this.waiting.push([name, payload]);
    this.state = heard(this.state, name, payload, this.around.now(), this.watching);
    // Messages that are still on their way are refused first, and then can be told so.
    if (this.state.closed && this.joined && this.state.outbox.length === 0) this.rest();
    this.onChange(this.state);
    if (name === "hello") this.around.memory.set(MET, readHello(payload)?.hub.id ?? "");
    const at = name === "reactions" ? readReacted(payload)?.at : undefined;
    if (at !== undefined) this.reactionsAt = Math.max(at, this.reactionsAt ?? 0);
    if (name === "typing") void this.around.wait(State.TYPING_LASTS + 50).then(() => this.change({}));
    if (Log.hasGap(this.state.log)) void this.around.wait(GAP_PATIENCE).then(() => this.mendGap());
  }

  private mendGap(): void {
    if (Log.hasGap(this.state.log) && this.joined) void this.catchUp(null, true);
  }

  private makeReader(): Reader {
    const session = this;
    return new Reader({
      api: this.around.api,
      get state() {
        return session.state;
      },
      change: (patch) => session.change(patch),
    });
  }

  // ---- saying ---------------------------------------------------------------------------------

  say(content: string): void {
    this.typingToldAt = 0;
    this.sender.say(this.around.newKey(), content, this.around.now());
  }

  retry(key: string): void {
    this.sender.retry(key);
  }

  discard(key: string): void {
    this.sender.discard(key);
  }

  private makeSender(): Sender {
    const session = this;
    return new Sender({
      get state() {
        return session.state;
      },
      get keep() {
        return session.keep;
      },
      change: (patch) => session.change(patch),
      ask: (event, payload, patience) => session.link?.ask(event, payload, patience) ?? Promise.resolve(null),
      wait: (ms) => session.around.wait(ms),
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
    });
  }

  // ---- the rest -------------------------------------------------------------------------------

  async rename(nickname: string): Promise<Refusal | null> {
    const payload = { roomId: this.state.room?.id, nickname };
    const reply = (await this.link?.ask("renameChatter", payload, RENAME_PATIENCE)) ?? null;
    const answer = readAnswer(reply, readChatter);
    if (!answer.ok) return answer.refusal;
    this.change({ me: answer.data, names: new Map(this.state.names).set(answer.data.id, answer.data.nickname) });
    return null;
  }

  /** The next message answers this one, or none. */
  answer(message: Message | null): void {
    this.change({ answering: message });
  }

  /** Reacts to a message, or no more; while the hub cannot be reached, as soon as it can. What it refused, if it did. */
  async react(seq: number, emoji: string, on: boolean): Promise<Refusal | null> {
    const payload = { roomId: this.state.room?.id, seq, emoji, on };
    const { joins } = this;
    const wish = { on };
    const name = `${seq} ${emoji}`;
    this.wishes.set(name, wish);
    const reply = this.joined ? await this.link?.ask("react", payload, ACT_PATIENCE) : null;
    // Done twice it changes nothing, so what may not have arrived is said again.
    if (!reply) {
      // Wished otherwise since.
      if (this.wishes.get(name) !== wish) return null;
      const again = (): Promise<Refusal | null> => this.react(seq, emoji, on);
      // The connection was lost meanwhile, and there is another.
      if (this.joined && this.joins !== joins) return again();
      this.unheard.set(name, again);
      if (this.joined) this.link?.restart();
      return null;
    }
    if (this.wishes.get(name) === wish) this.wishes.delete(name);
    const answer = readAnswer(reply, readReacted);
    if (answer.ok) this.change(withReacted(this.state, answer.data));
    return answer.ok ? null : answer.refusal;
  }

  /** Takes back a message of one's own. What the hub refused, if it did. */
  async takeBack(seq: number): Promise<Refusal | null> {
    const payload = { roomId: this.state.room?.id, seq };
    const answer = readAnswer((await this.link?.ask("takeBack", payload, ACT_PATIENCE)) ?? null, () => true);
    return answer.ok ? null : answer.refusal;
  }

  /** Tells the host of somebody else's message. What the hub refused, if it did; said twice it is told once. */
  async report(seq: number, reason: string): Promise<Refusal | null> {
    const payload = { roomId: this.state.room?.id, seq, ...(reason && { reason }) };
    const answer = readAnswer((await this.link?.ask("report", payload, ACT_PATIENCE)) ?? null, () => true);
    return answer.ok ? null : answer.refusal;
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

  async leave(): Promise<void> {
    if (this.joined) await this.link?.ask("leaveRoom", undefined, 1_500);
    this.end();
  }

  end(): void {
    this.ended = true;
    this.link?.close();
  }

  private change(patch: Partial<RoomState>): void {
    this.state = { ...this.state, ...patch };
    this.onChange(this.state);
  }
}
