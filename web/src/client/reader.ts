// Reads what is not the newest: older pages, and places far back.

import { hasOlder } from "../store/log";
import { reaches, shown, withNewer, withOlder, withPast } from "../store/past";
import type { Problem, RoomState } from "../store/room";
import type { Answer } from "../wire";
import type { Api } from "./http";

/** The part of its session that the reader needs. */
export interface Shelf {
  readonly state: RoomState;
  readonly api: Pick<Api, "before" | "after" | "around">;
  change(patch: Partial<RoomState>): void;
}

export class Reader {
  constructor(private readonly shelf: Shelf) {}

  /** One older page of what is shown. */
  async older(): Promise<void> {
    const { room, older } = this.shelf.state;
    const { from } = shown(this.shelf.state);
    if (!room || older === "loading" || !hasOlder(shown(this.shelf.state))) return;
    this.shelf.change({ older: "loading" });
    const answer = await attempt(this.shelf.api.before(room.id, from));
    // Somewhere else by now.
    if (shown(this.shelf.state).from !== from) return this.shelf.change({ older: "idle" });
    if (!answer?.ok) return this.shelf.change({ older: "failed" });
    const { messages, more, pruned } = answer.data;
    this.shelf.change({ ...withOlder(this.shelf.state, messages, more), pruned });
  }

  /** What follows a stretch far back. */
  async newer(): Promise<void> {
    const { room, past, newer, goal } = this.shelf.state;
    if (!room || !past || newer === "loading") return;
    this.shelf.change({ newer: "loading" });
    const answer = await attempt(this.shelf.api.after(room.id, past.upTo!));
    if (this.shelf.state.goal !== goal) return this.shelf.change({ newer: "idle" });
    if (!answer?.ok) return this.shelf.change({ newer: "failed" });
    this.shelf.change(withNewer(this.shelf.state, answer.data.messages, answer.data.more));
  }

  /** To a message, also to one that is not here yet. */
  async goTo(seq: number): Promise<void> {
    const { state } = this.shelf;
    const goal = { seq };
    if (reaches(shown(state), seq)) return this.shelf.change({ goal, going: null });
    if (reaches(state.log, seq)) return this.shelf.change({ past: null, goal, going: null });
    if (!state.room) return;
    const going = { seq, problem: null };
    this.shelf.change({ going });
    const answer = await attempt(this.shelf.api.around(state.room.id, seq));
    // Another was wanted since, or none.
    if (this.shelf.state.going !== going) return;
    const problem = problemOf(answer);
    if (problem !== null) return this.shelf.change({ going: { seq, problem } });
    if (answer?.ok) this.shelf.change(withPast(this.shelf.state, answer.data.messages, answer.data.more, goal));
  }

  /** Not there after all. */
  stay(): void {
    this.shelf.change({ going: null });
  }

  /** Back to the newest message. */
  toNewest(): void {
    this.shelf.change({ past: null, goal: null, going: null, older: "idle", newer: "idle" });
  }
}

function problemOf(answer: Answer<{ messages: unknown[] }> | null): Problem | null {
  if (answer === null) return "lost";
  if (!answer.ok) return answer.refusal.code;
  return answer.data.messages.length === 0 ? "no_such_message" : null;
}

/** `null` if the hub was out of reach. */
const attempt = <T>(answer: Promise<Answer<T>>): Promise<Answer<T> | null> => answer.catch(() => null);
