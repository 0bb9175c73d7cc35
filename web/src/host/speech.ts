// What the host writes in rooms. It is kept, whichever view is open, until the hub has taken it.

import { signal } from "@preact/signals";
import { newKey } from "../client/key";
import { isBlank } from "../store/text";
import type { Id } from "../wire";
import type { Denial, Told } from "./wire";

export interface Draft {
  text: string;
  /** Whether it is on its way. */
  isBusy: boolean;
  /** Why it was not taken; `unanswered` where it may have been. */
  problem: Denial | "unanswered" | null;
}

const EMPTY: Draft = { text: "", isBusy: false, problem: null };

/** The most characters of an announcement, as the hub has it (`ANNOUNCEMENT_MAX`). */
export const ANNOUNCEMENT_MAX = 500;

/** Characters with which the hub takes no message, and which a paste may bring along unseen. Line breaks and tabs stay. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** As the hub takes it. */
export const cleaned = (text: string): string => text.replace(CONTROLS, "").trim();

export class Speech {
  private readonly drafts = signal<ReadonlyMap<Id, Draft>>(new Map());
  /** What may have been said without an answer, with its key: sent again, it is said once. */
  private readonly unanswered = new Map<Id, { content: string; key: string }>();

  /** `after` is called once the hub has taken something. */
  constructor(
    private readonly say: (room: Id, content: string, key: string) => Promise<Told<unknown>>,
    private readonly after: () => void,
  ) {}

  of(room: Id): Draft {
    return this.drafts.value.get(room) ?? EMPTY;
  }

  write(room: Id, text: string): void {
    this.change(room, { text });
  }

  async send(room: Id): Promise<void> {
    const { text, isBusy } = this.of(room);
    const content = cleaned(text);
    if (isBusy || isBlank(content)) return;
    this.change(room, { isBusy: true, problem: null });
    let problem: Draft["problem"] = null;
    const before = this.unanswered.get(room);
    const key = before?.content === content ? before.key : newKey();
    try {
      const told = await this.say(room, content, key);
      if (!told.ok) problem = told;
      this.unanswered.delete(room);
    } catch {
      problem = "unanswered";
      this.unanswered.set(room, { content, key });
    }
    // What was written on meanwhile is not said yet.
    const now = this.of(room).text;
    const rest = now.startsWith(text) ? now.slice(text.length) : now;
    this.change(room, { isBusy: false, problem, ...(problem === null && { text: rest }) });
    if (problem === null) this.after();
  }

  private change(room: Id, part: Partial<Draft>): void {
    this.drafts.value = new Map(this.drafts.value).set(room, { ...this.of(room), ...part });
  }
}
