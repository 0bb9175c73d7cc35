// Waiting for a place in a full room: it is looked at now and then over HTTP, which holds nothing in the hub, and gone into
// as soon as there is one.

import { isFull } from "../store/lobby";
import type { Answer, Refusal, Room } from "../wire";
import { pause } from "./connection";

/** The part of its session that waiting needs. */
export interface Door {
  /** Whether one still waits. */
  readonly isWaiting: boolean;
  look(): Promise<Answer<Room>>;
  wait(ms: number): Promise<void>;
  goIn(): void;
}

export class Waiting {
  private turn = 0;
  private refusals = 0;

  constructor(private readonly door: Door) {}

  /** The room was full. Later each time, and not for all who wait at once. */
  again(refusal: Refusal): void {
    const turn = (this.turn += 1);
    this.refusals += 1;
    void this.door.wait(pause(refusal, this.refusals)).then(async () => {
      if (!this.isTurn(turn)) return;
      const answer = await this.door.look().catch(() => null);
      if (!this.isTurn(turn)) return;
      // What else may be wrong the hub says at the door.
      if (answer === null || (answer.ok && isFull(answer.data))) this.again(refusal);
      else this.door.goIn();
    });
  }

  /** There may be a place now, or somebody wants to know. */
  now(): void {
    this.turn += 1;
    this.door.goIn();
  }

  /** In, or no more wanted. */
  over(): void {
    this.turn += 1;
    this.refusals = 0;
  }

  private isTurn(turn: number): boolean {
    return turn === this.turn && this.door.isWaiting;
  }
}
