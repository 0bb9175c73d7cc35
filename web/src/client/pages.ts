// Pages of a room's history: those that it opens with, and all that is missing between them and the newest.

import { told } from "../store/hear";
import * as Log from "../store/log";
import type { RoomState } from "../store/room";
import { passes, type Answer, type Message, type Refusal } from "../wire";
import { Unreachable, type Api } from "./http";

/** The part of its session that fetching needs. */
export interface Binder {
  readonly api: Pick<Api, "before" | "after">;
  readonly state: RoomState;
  /** Whether one is in the room: nobody else may read. */
  readonly isIn: boolean;
  readonly watching: boolean;
  change(patch: Partial<RoomState>): void;
  wait(ms: number): Promise<void>;
  /** Where new begins, for somebody who has been away. */
  firstUnread(lastSeq: number | null): number | null;
  refuse(refusal: Refusal): void;
  /** The calls over HTTP are made as somebody else. Whether something is done about it. */
  unknown(): boolean;
  known(): void;
}

/** How many pages of history a room opens with at most, so that the line where new begins is in it. */
const OPENING_PAGES = 20;

export class Pages {
  private catchingUp = false;

  constructor(private readonly binder: Binder) {}

  /** The newest messages, back to the line where new begins. Whether they came. */
  async open(lastSeq: number, firstSeq: number): Promise<boolean> {
    const { binder } = this;
    const unreadFrom = binder.firstUnread(lastSeq);
    let messages: Message[] = [];
    let more = true;
    for (let pages = 0; more && pages < OPENING_PAGES; pages += 1) {
      const from = messages[0]?.seq ?? lastSeq + 1;
      // With something above the line that was read before.
      if (pages > 0 && (unreadFrom === null || from < unreadFrom)) break;
      const page = await this.fetched(() => binder.api.before(binder.state.room!.id, from));
      if (!page) return false;
      binder.known();
      messages = [...page.messages, ...messages];
      more = page.more && page.messages.length > 0;
    }
    binder.change({ log: Log.open(binder.state.log, messages, lastSeq, more, firstSeq), unreadFrom });
    return true;
  }

  /** Everything after what we have, page by page, until the hub says that is all. Whether one is still in the room. */
  async catchUp(first: Message[] | null, firstMore: boolean): Promise<boolean> {
    const { binder } = this;
    if (this.catchingUp) return true;
    this.catchingUp = true;
    // Messages that nobody could see are below the line.
    if (first) binder.change({ unreadFrom: binder.firstUnread(binder.state.log.upTo) });
    try {
      let messages = first ?? [];
      let more = first === null || firstMore;
      if (first) this.take(messages, !more, false);
      while (more && binder.isIn) {
        const page = await this.fetched(() => binder.api.after(binder.state.room!.id, binder.state.log.upTo ?? 0));
        if (!page) return false;
        messages = page.messages;
        more = page.more && messages.length > 0;
        this.take(messages, !more, first === null && binder.watching);
      }
      return binder.isIn;
    } finally {
      this.catchingUp = false;
    }
  }

  /** A message came before the one before it: what is missing is fetched. */
  mend(): void {
    if (Log.hasGap(this.binder.state.log) && this.binder.isIn) void this.catchUp(null, true);
  }

  private take(messages: Message[], complete: boolean, seen: boolean): void {
    const { state } = this.binder;
    const filled = { ...state, log: Log.fill(state.log, messages, complete) };
    this.binder.change(messages.reduce((next, message) => told(next, message, seen), filled));
  }

  /** A fetch that is tried until it works, as long as we are in the room. */
  private async fetched<T>(fetch: () => Promise<Answer<T>>): Promise<T | null> {
    const { binder } = this;
    for (let pause = 400; binder.isIn; pause = Math.min(pause * 2, 4_000)) {
      try {
        const answer = await fetch();
        if (answer.ok) return answer.data;
        const { code, retryAfter } = answer.refusal;
        if (code === "not_joined" && binder.state.log.upTo === null && binder.unknown()) return null;
        if (!passes(code)) {
          binder.refuse(answer.refusal);
          return null;
        }
        pause = Math.max(pause, (retryAfter ?? 0) * 1000);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
      }
      await binder.wait(pause);
    }
    return null;
  }
}
