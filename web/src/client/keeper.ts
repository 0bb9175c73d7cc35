// The state of a room that survives a reload: messages not yet sent, the draft, how far one read.
//
// Every outgoing message has an entry of its own. Two tabs in one room then never overwrite each
// other's; both may send one, and its key makes that one message.

import type { Read } from "../store/lobby";
import { inOrder, type Outgoing } from "../store/outbox";
import type { Hidden } from "../store/room";
import type { Memory } from "./storage";

const WEEK = 7 * 24 * 3600_000;

export class Keeper {
  constructor(
    private readonly memory: Memory,
    private readonly roomId: string,
  ) {}

  keepOutgoing(one: Outgoing): void {
    const { key, ...rest } = one;
    this.memory.set(this.name("out", key), JSON.stringify(rest));
  }

  dropOutgoing(key: string): void {
    this.memory.remove(this.name("out", key));
  }

  /** Stores what is another in the outbox `after`, and drops what has left it. */
  keepChanged(before: readonly Outgoing[], after: readonly Outgoing[]): void {
    for (const one of before) {
      if (after.includes(one)) continue;
      const changed = after.find(({ key }) => key === one.key);
      if (changed) this.keepOutgoing(changed);
      else this.dropOutgoing(one.key);
    }
  }

  /** Everything unsent, in the order it was written. */
  outbox(): Outgoing[] {
    const prefix = this.name("out", "");
    const found: Outgoing[] = [];
    for (const name of this.memory.keys()) {
      if (!name.startsWith(prefix)) continue;
      const kept = parse(this.memory.get(name));
      if (typeof kept?.content === "string" && typeof kept.at === "number") {
        const failed = kept.state === "failed";
        found.push({
          key: name.slice(prefix.length),
          content: kept.content,
          replyTo: (kept.replyTo as Outgoing["replyTo"] | undefined) ?? null,
          mentions: (kept.mentions as Outgoing["mentions"] | undefined) ?? [],
          isQuestion: kept.isQuestion === true,
          place: typeof kept.place === "number" ? kept.place : 0,
          at: kept.at,
          state: failed ? "failed" : "sending",
          problem: failed ? ((kept.problem as Outgoing["problem"]) ?? null) : null,
        });
      }
    }
    return found.sort(inOrder);
  }

  /** The last place in the outbox, whichever tab wrote it. */
  get lastPlace(): number {
    return this.outbox().reduce((last, one) => Math.max(last, one.place), 0);
  }

  get draft(): string {
    return String(parse(this.memory.get(this.name("draft")))?.text ?? "");
  }

  set draft(text: string) {
    if (text) this.memory.set(this.name("draft"), JSON.stringify({ text, at: Date.now() }));
    else this.memory.remove(this.name("draft"));
  }

  /** The last seq read here, or `null` on a first visit. */
  get read(): number | null {
    const seq = parse(this.memory.get(this.name("read")))?.seq;
    return typeof seq === "number" ? seq : null;
  }

  set read(seq: number | null) {
    if (seq === null) this.memory.remove(this.name("read"));
    else this.readUpTo({ seq, sentAt: null });
  }

  readUpTo(read: Read): void {
    this.memory.set(this.name("read"), JSON.stringify({ ...read, at: Date.now() }));
  }

  /** Those who are hidden here, with the names that they had. */
  get hidden(): Hidden {
    const people = parse(this.memory.get(this.name("hidden")))?.people;
    const found = new Map<string, string>();
    if (!Array.isArray(people)) return found;
    for (const one of people) if (Array.isArray(one) && typeof one[0] === "string") found.set(one[0], String(one[1]));
    return found;
  }

  set hidden(hidden: Hidden) {
    if (hidden.size === 0) this.memory.remove(this.name("hidden"));
    else this.memory.set(this.name("hidden"), JSON.stringify({ people: [...hidden], at: Date.now() }));
  }

  private name(what: string, key?: string): string {
    return `cola.${what}.${this.roomId}${key === undefined ? "" : `.${key}`}`;
  }
}

/** When each room was last read in. */
export function visits(memory: Memory): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const name of memory.keys()) {
    const room = /^cola\.read\.(.+)$/.exec(name)?.[1];
    const at = parse(memory.get(name))?.at;
    if (room !== undefined && typeof at === "number") found.set(room, at);
  }
  return found;
}

/** How far each room was read on this phone. */
export function reads(memory: Memory): ReadonlyMap<string, Read> {
  const found = new Map<string, Read>();
  for (const room of visits(memory).keys()) {
    const kept = parse(memory.get(`cola.read.${room}`));
    const sentAt = typeof kept?.sentAt === "string" ? kept.sentAt : null;
    if (typeof kept?.seq === "number") found.set(room, { seq: kept.seq, sentAt });
  }
  return found;
}

/** Forgets rooms nobody came back to for a week. */
export function tidy(memory: Memory, now: number): void {
  for (const name of memory.keys()) {
    if (!/^cola\.(out|draft|read|hidden)\./.test(name)) continue;
    const at = parse(memory.get(name))?.at;
    if (typeof at !== "number" || now - at > WEEK) memory.remove(name);
  }
}

function parse(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = text === null ? null : JSON.parse(text);
    return typeof value === "object" ? (value as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
}
