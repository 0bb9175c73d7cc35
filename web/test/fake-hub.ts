// A hub in memory, as strict as the real one about order and keys, on a network that can fail in
// every way a network fails: down, deaf, and losing only the acknowledgements.

import type { Api } from "../src/client/http";
import { Unreachable } from "../src/client/http";
import type { Connect, LinkEvents } from "../src/client/connection";
import type { Answer, ErrorCode, HistoryPage, Message, Room } from "../src/wire";
import { chatter, ROOM, room, said } from "./kit";

const ok = (data: unknown) => ({ success: true, message: "", data });
const refused = (code: ErrorCode, retryAfter?: number) => ({
  success: false,
  message: "",
  data: null,
  code,
  retryAfter,
});

export class FakeHub {
  messages: Message[] = [];
  room: Room = { ...room };
  up = true;
  /** Carries out what it hears, but its acknowledgements are lost. */
  loseAcks = false;
  /** How many reactions do not arrive, and whose askers wait until they give up. */
  muffled = 0;
  private readonly patience: (() => void)[] = [];
  giveUp(): void {
    for (const end of this.patience.splice(0)) end();
  }
  password: string | null = null;
  /** Whether the host has muted whoever joins. */
  muted: { until: string | null } | undefined;
  refuseNext: { code: ErrorCode; retryAfter?: number }[] = [];
  joins = 0;
  reactions: string[] = [];
  /** What was asked for last, by event. */
  asked: Record<string, Record<string, unknown>> = {};
  /** Reactions that changed while somebody was away. */
  reacted: { seq: number; reactions: Record<string, number>; mine: string[]; at: number }[] = [];
  /** In which count of places the messages are. */
  epoch = "a";
  /** What becomes of its cookies: kept, blocked by the browser, or lost on the way without its knowing. */
  cookies: "kept" | "blocked" | "lost" = "kept";
  /** How many tokens it gave. */
  tokens = 0;
  knowsTokens = true;
  /** How many messages a join's answer brings, and a page after it. */
  missedMost = 3;
  pageMost = 4;
  /** What happens right behind the answer to a join, in the same response. */
  onJoined: () => void = () => undefined;
  /** What happens as a page is asked for. */
  onPage: (page: number) => void = () => undefined;
  private pages = 0;
  /** Up to where messages are no longer kept. */
  pruned = 0;
  private readonly keys = new Map<string, Message>();
  /** How many connections are up. */
  get connected(): number {
    return this.links.filter((link) => link.connected).length;
  }

  private links: { events: LinkEvents; joined: boolean; connected: boolean }[] = [];

  say(who: string, content: string, key?: string): Message {
    const before = key === undefined ? undefined : this.keys.get(key);
    if (before) return before;
    const message = said(this.messages.length + 1, who, content);
    this.messages.push(message);
    if (key !== undefined) this.keys.set(key, message);
    this.emit("sendMessage", message);
    return message;
  }

  /** The host takes back what stands in this place. */
  takeBack(seq: number): void {
    const message = this.messages[seq - 1]!;
    this.messages[seq - 1] = { ...message, content: "", takenBack: true };
    for (const [key, one] of this.keys) if (one.seq === seq) this.keys.set(key, this.messages[seq - 1]!);
    this.emit("messageTakenBack", { roomId: message.roomId, id: message.id, seq });
  }

  emit(name: string, payload: unknown): void {
    for (const link of this.links) if (link.joined && this.up) link.events.event(name, payload);
  }

  /** The network goes; everybody notices. */
  cut(): void {
    this.up = false;
    for (const link of this.links) this.drop(link);
  }

  mend(): void {
    this.up = true;
    for (const link of this.links) this.open(link);
  }

  /** The hub refuses everybody's handshake, and says why. */
  turnAway(code: ErrorCode): void {
    this.cut();
    for (const { events } of this.links) events.turnedAway({ code, message: "", retryAfter: 10 });
  }

  private drop(link: { events: LinkEvents; joined: boolean; connected: boolean }): void {
    link.joined = false;
    if (link.connected) link.events.down();
    link.connected = false;
  }

  private open(link: { events: LinkEvents; joined: boolean; connected: boolean }): void {
    if (!this.up || link.connected) return;
    link.connected = true;
    link.events.up();
  }

  connect: Connect = (_namespace, events) => {
    const link = { events, joined: false, connected: false };
    this.links.push(link);
    queueMicrotask(() => this.open(link));
    const again = (): void => {
      this.drop(link);
      this.open(link);
    };
    return {
      ask: async (event, payload) => {
        if (!this.up || !link.connected) return null;
        if (event === "react" && this.muffled > 0) {
          this.muffled -= 1;
          return new Promise((resolve) => this.patience.push(() => resolve(null)));
        }
        const reply = this.answer(link, event, payload as Record<string, unknown>);
        if (event === "joinRoom") this.onJoined();
        await Promise.resolve();
        return this.loseAcks || !this.up ? null : reply;
      },
      tell: () => undefined,
      restart: () => void setTimeout(again, 1),
      rest: () => {
        link.joined = false;
        link.connected = false;
      },
      hurry: again,
      close: () => this.drop(link),
    };
  };

  private answer(link: { joined: boolean }, event: string, payload: Record<string, unknown>): unknown {
    this.asked[event] = payload;
    const refusal = this.refuseNext.shift();
    if (refusal) return refused(refusal.code, refusal.retryAfter);
    if (event === "joinRoom") {
      this.joins += 1;
      if (this.password !== null && payload.password !== this.password) {
        return refused(payload.password === undefined ? "locked" : "wrong_password");
      }
      link.joined = true;
      const seen = payload.after as number | undefined;
      const lastSeq = this.messages.length;
      const reset = seen !== undefined && (payload.epoch !== this.epoch || seen > lastSeq);
      const after = reset ? 0 : seen;
      const all = after === undefined ? [] : this.kept((message) => message.seq > after);
      const missed = all.slice(0, this.missedMost);
      const more = all.length > missed.length;
      const gone = after === undefined ? [] : this.kept((message) => message.seq <= after && message.takenBack === true);
      const takenBack = gone.map((message) => message.seq);
      const places = { takenBack, lastSeq, firstSeq: this.pruned + 1, pruned: this.pruned > 0, epoch: this.epoch, reset };
      return ok({ ...chatter("me"), room: this.room, ...places, missed, more, reacted: this.reacted, reactionsAt: 70, ...(this.muted && { muted: this.muted }) });
    }
    if (event === "sendMessage") {
      if (!link.joined) return refused("not_joined");
      return ok(this.say("me", String(payload.content), String(payload.key)));
    }
    if (event === "react") {
      const { seq, emoji, on } = payload as { seq: number; emoji: string; on: boolean };
      this.reactions.push(`${emoji} ${on}`);
      return ok({ seq, reactions: on ? { [emoji]: 1 } : {}, mine: on ? [emoji] : [], at: 80 });
    }
    if (event === "renameChatter") return ok(chatter("me", String(payload.nickname)));
    return ok(null);
  }

  private kept(which: (message: Message) => boolean): Message[] {
    return this.messages.filter((message) => message.seq > this.pruned && which(message));
  }

  identity = this.identityOf(this);

  private identityOf(hub: FakeHub) {
    return {
      get isMissing() {
        return hub.cookies === "blocked" && hub.tokens === 0;
      },
      take(): Promise<Answer<string>> {
        if (!hub.up) return Promise.reject(new Unreachable());
        hub.tokens += 1;
        return Promise.resolve({ ok: true, data: `token-${hub.tokens}` });
      },
    };
  }

  private page(messages: Message[], more: boolean): Promise<Answer<HistoryPage>> {
    if (this.up && this.cookies !== "kept" && (this.tokens === 0 || !this.knowsTokens)) {
      return Promise.resolve({ ok: false, refusal: { code: "not_joined", message: "", retryAfter: null } });
    }
    const data = { messages, more, firstSeq: this.pruned + 1, pruned: this.pruned > 0 };
    return this.up ? Promise.resolve({ ok: true, data }) : Promise.reject(new Unreachable());
  }

  api = {
    roomByCode: (code: string) => {
      if (!this.up) return Promise.reject(new Unreachable());
      const refusal = { code: "no_such_room" as const, message: "", retryAfter: null };
      return Promise.resolve(code === this.room.code ? { ok: true, data: this.room } : { ok: false, refusal });
    },
    after: (_room: string, seq: number) => {
      this.onPage((this.pages += 1));
      const all = this.kept((message) => message.seq > seq);
      return this.page(all.slice(0, this.pageMost), all.length > this.pageMost);
    },
    around: (_room: string, seq: number) => {
      const before = this.kept((message) => message.seq <= seq);
      const half = before.slice(-3);
      const after = this.kept((message) => message.seq > seq).slice(0, 2);
      return this.page([...half, ...after], before.length > half.length);
    },
    before: (_room: string, seq: number) => {
      const all = this.kept((message) => message.seq < seq);
      return this.page(all.slice(-5), all.length > 5);
    },
  } as unknown as Api;
}

export { ROOM };
