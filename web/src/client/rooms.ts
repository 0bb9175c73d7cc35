// The rooms that this page is in. One is on the screen; the others go on behind it, until they are left.

import type { Room } from "../wire";
import { isFull } from "../store/lobby";
import { stayOf, type Stay, type Stays } from "../store/stays";
import type { RoomState } from "../store/room";
import { Session, type Surroundings } from "./session";
import type { Memory } from "./storage";

/** How many are held at most. A phone from 2018 has better things to do than to keep more. */
const MOST = 12;
const KEPT = "cola.rooms";

export interface Hints {
  room?: Room | undefined;
  password?: string | undefined;
}

interface Events {
  /** Something changed in a room. */
  changed(session: Session): void;
  /** A room was left or given up. */
  gone(session: Session): void;
}

export class Rooms {
  /** By their codes, the one that was on the screen last at the end. */
  private readonly sessions = new Map<string, Session>();
  private shown: Session | null = null;
  private looking = true;
  /** Those in which this tab was before it was loaded again, until one goes into them again. */
  private readonly before: string[];
  private readonly returning = new Set<Session>();

  /** `tab` is what outlives a reload of this tab, and no other tab has. */
  constructor(
    private readonly around: Omit<Surroundings, "makePlace">,
    private readonly tab: Memory,
    private readonly events: Events,
  ) {
    this.before = (tab.get(KEPT) ?? "").split(" ").filter(Boolean).slice(-MOST);
  }

  /** The room that comes on the screen. */
  show(code: string, hints: Hints = {}): Session {
    const here = this.sessions.get(code) ?? this.make(code, hints);
    this.shown = here;
    this.sessions.delete(code);
    this.sessions.set(code, here);
    here.show(true);
    while (this.sessions.size > MOST && this.makePlace(here, () => true));
    this.keep();
    return here;
  }

  /** It is no longer on the screen. One stays in it, if one was in. */
  hide(session: Session): void {
    if (this.shown === session) this.shown = null;
    session.show(false);
    this.changed(session);
  }

  leave(session: Session): void {
    if (this.sessions.get(session.state.code) !== session) return;
    this.sessions.delete(session.state.code);
    this.returning.delete(session);
    session.end();
    this.events.gone(session);
    this.keep();
  }

  /** Goes into the rooms again in which this tab was before it was loaded again, but for the one on the screen. */
  comeBack(): void {
    for (const code of this.before.splice(0)) {
      if (this.sessions.has(code)) continue;
      const session = this.make(code, {});
      this.returning.add(session);
      session.show(false);
    }
  }

  /** Whether the page is looked at. */
  watch(looking: boolean): void {
    this.looking = looking;
    for (const session of this.all()) {
      session.watch(looking);
      this.events.changed(session);
    }
  }

  wake(): void {
    for (const session of this.all()) session.wake();
  }

  /** The lobby's list as it is now. */
  listed(rooms: readonly Room[]): void {
    const { shown } = this;
    const room = shown && rooms.find(({ code }) => code === shown.state.code);
    if (room && !isFull(room)) shown.hasPlace();
  }

  stays(): Stays {
    const stays = new Map<string, Stay>();
    for (const session of this.all()) {
      const { state, isInside } = session;
      if (isInside) stays.set(state.room!.id, stayOf(state, this.looking && session === this.shown));
    }
    return stays;
  }

  private make(code: string, hints: Hints): Session {
    const around = { ...this.around, makePlace: (session: Session) => this.makePlace(session, sharing(session)) };
    const session: Session = new Session(code, around, () => this.changed(session), hints);
    this.sessions.set(code, session);
    session.watch(this.looking);
    // Behind what the caller does first with it.
    queueMicrotask(() => void (this.sessions.get(code) === session && session.start()));
    return session;
  }

  private changed(session: Session): void {
    if (this.sessions.get(session.state.code) !== session) return;
    this.events.changed(session);
    // Behind another one nobody waits at its door.
    if (session !== this.shown && !this.isStaying(session)) return this.leave(session);
    this.keep();
  }

  /** Leaves the room in which one was longest ago, one with nothing unsent first. */
  private makePlace(wanting: Session, may: (state: RoomState) => boolean): boolean {
    const others = [...this.sessions.values()].filter((one) => one !== wanting && one !== this.shown && may(one.state));
    const last = others.find(({ state }) => state.outbox.length === 0) ?? others[0];
    if (last) this.leave(last);
    return last !== undefined;
  }

  /** Whether one was in it, or is on the way in again after a reload. */
  private isStaying(session: Session): boolean {
    const { name } = session.state.phase;
    const wasIn = session.state.log.upTo !== null || this.returning.has(session);
    return wasIn && (name === "live" || name === "retrying" || name === "entering");
  }

  /** The one on the screen first: it is served first. */
  all(): Session[] {
    return [...this.sessions.values()].reverse();
  }

  private keep(): void {
    const open = [...this.sessions.values()].filter(({ state }) => state.closed === null).map(({ state }) => state.code);
    const codes = [...this.before.filter((code) => !open.includes(code)), ...open];
    if (codes.length > 0) this.tab.set(KEPT, codes.join(" "));
    else this.tab.remove(KEPT);
  }

}

const sharing =
  (session: Session) =>
  ({ room }: RoomState): boolean =>
    room?.namespace === session.state.room?.namespace;
