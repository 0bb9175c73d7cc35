// What the host does, so that a slip of the thumb can be undone: an act that has an undo is done at once and can be undone
// for a while; one that has none waits some seconds, in which it can be called off.

import { signal } from "@preact/signals";
import type { Told, Denial } from "./wire";

export interface Act {
  /** What is about to be done, or is being done. */
  soon: string;
  done: string;
  run(): Promise<Told<unknown>>;
  /** Undoes it. Without it the act waits before it is done. */
  undo?: () => Promise<Told<unknown>>;
  /** Said once it is undone. */
  undone?: string;
  /** It was asked about, or harms nobody: it is done at once though it has no undo. */
  isAtOnce?: boolean;
  /** What it is about: keys of rows, which show that something is on its way. */
  about?: string[];
}

export type Stage =
  | { name: "waiting" | "running" | "undone" }
  | { name: "done"; canUndo: boolean }
  | { name: "refused"; denial: Denial }
  /** The hub did not answer, so it may have been done or not. */
  | { name: "unanswered" };

export interface Bar {
  act: Act;
  stage: Stage;
}

/** How long an act waits, and for how long one that is done is told of. */
export const WAITS = 4_000;
export const SHOWN = 8_000;

export class Acts {
  readonly bar = signal<Bar | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `after` is called once the hub has answered. */
  constructor(private readonly after: () => void) {}

  start(act: Act): void {
    // What waits is done before anything else is.
    this.hurry();
    if (act.undo || act.isAtOnce) return void this.carryOut(act, act.run);
    this.show({ act, stage: { name: "waiting" } });
    this.timer = setTimeout(() => this.hurry(), WAITS);
  }

  /** Does now what waits. */
  hurry(): void {
    const now = this.bar.value;
    if (now?.stage.name === "waiting") void this.carryOut(now.act, now.act.run);
  }

  /** Calls off what waits, or undoes what was done. */
  undo(): void {
    const now = this.bar.value;
    if (now?.stage.name === "waiting") this.show({ act: now.act, stage: { name: "undone" } }, SHOWN);
    else if (now?.stage.name === "done" && now.act.undo) void this.carryOut(now.act, now.act.undo, true);
  }

  /** Tries again what the hub refused or did not answer. */
  again(): void {
    const now = this.bar.value;
    if (now?.stage.name === "refused" || now?.stage.name === "unanswered") void this.carryOut(now.act, now.act.run);
  }

  close(): void {
    this.hurry();
    if (this.bar.value?.stage.name !== "running") this.show(null);
  }

  /** Whether something about this is on its way. */
  concerns(key: string): boolean {
    const now = this.bar.value;
    const isUnderWay = now?.stage.name === "waiting" || now?.stage.name === "running";
    return isUnderWay && (now.act.about?.includes(key) ?? false);
  }

  private async carryOut(act: Act, run: () => Promise<Told<unknown>>, isUndo = false): Promise<void> {
    const running: Bar = { act, stage: { name: "running" } };
    this.show(running);
    let stage: Stage;
    try {
      const told = await run();
      if (!told.ok) stage = { name: "refused", denial: told };
      else stage = isUndo ? { name: "undone" } : { name: "done", canUndo: act.undo !== undefined };
    } catch {
      stage = { name: "unanswered" };
    }
    // What failed is told even if another act has begun; what went well need not be.
    const failed = stage.name === "refused" || stage.name === "unanswered";
    if (this.bar.value === running || failed) this.show({ act, stage }, failed ? null : SHOWN);
    this.after();
  }

  private show(bar: Bar | null, shown: number | null = null): void {
    clearTimeout(this.timer);
    this.bar.value = bar;
    if (shown !== null) this.timer = setTimeout(() => this.show(null), shown);
  }
}
