// What somebody does in a room beside talking: renames themselves, reacts, votes, takes back, reports. Each says what the hub
// refused, if it did.

import { withReacted } from "../store/past";
import { withoutPoll, withPoll } from "../store/polls";
import type { RoomState } from "../store/room";
import { readAnswer, readChatter, readReacted, type Id, type Refusal } from "../wire";
import { readPoll, type Poll } from "../wire.polls";
import type { Api } from "./http";

/** The part of its session that the acts need. */
export interface Stage {
  readonly api: Pick<Api, "polls">;
  readonly state: RoomState;
  /** Whether one is in the room just now, and how often one has come in: that tells one connection from the next. */
  readonly joined: boolean;
  readonly joins: number;
  change(patch: Partial<RoomState>): void;
  /** `null` if nothing came back in time. */
  ask(event: string, payload: unknown, patience: number): Promise<unknown | null>;
  /** The connection does not answer. */
  deaf(): void;
}

const PATIENCE = 8_000;

export class Acts {
  /** Reactions and votes that the hub has not answered, each the last of its kind. */
  private readonly unheard = new Map<string, () => unknown>();
  /** What was wished last of each of them that is under way. */
  private readonly wishes = new Map<string, { on: boolean }>();

  constructor(private readonly stage: Stage) {}

  async rename(nickname: string): Promise<Refusal | null> {
    const answer = readAnswer(await this.ask("renameChatter", { nickname }), readChatter);
    if (!answer.ok) return answer.refusal;
    const names = new Map(this.stage.state.names).set(answer.data.id, answer.data.nickname);
    this.stage.change({ me: answer.data, names });
    return null;
  }

  /** Reacts to a message, or no more; while the hub cannot be reached, as soon as it can. */
  react(seq: number, emoji: string, on: boolean): Promise<Refusal | null> {
    return this.choose("react", seq, { emoji }, on);
  }

  /** Votes for a question, or no more; likewise. */
  vote(seq: number, on: boolean): Promise<Refusal | null> {
    return this.choose("vote", seq, {}, on);
  }

  private async choose(event: "react" | "vote", seq: number, what: { emoji?: string }, on: boolean): Promise<Refusal | null> {
    const { joins } = this.stage;
    const wish = { on };
    const name = `${seq} ${what.emoji ?? event}`;
    this.wishes.set(name, wish);
    const reply = this.stage.joined ? await this.ask(event, { seq, ...what, on }) : null;
    // Done twice it changes nothing, so what may not have arrived is said again.
    if (!reply) {
      // Wished otherwise since.
      if (this.wishes.get(name) !== wish) return null;
      const again = (): Promise<Refusal | null> => this.choose(event, seq, what, on);
      // The connection was lost meanwhile, and there is another.
      if (this.stage.joined && this.stage.joins !== joins) return again();
      this.unheard.set(name, again);
      if (this.stage.joined) this.stage.deaf();
      return null;
    }
    if (this.wishes.get(name) === wish) this.wishes.delete(name);
    const answer = readAnswer(reply, readReacted);
    if (answer.ok) this.stage.change(withReacted(this.stage.state, answer.data));
    return answer.ok ? null : answer.refusal;
  }

  /** Votes in a poll, anew where one has voted; without options the vote is taken back. `unsent`: it may not have arrived. */
  async votePoll(pollId: Id, options: readonly number[]): Promise<Refusal | "unsent" | null> {
    const reply = this.stage.joined ? await this.stage.ask("votePoll", { pollId, options }, PATIENCE) : null;
    if (!reply) {
      if (this.stage.joined) this.stage.deaf();
      return "unsent";
    }
    const answer = readAnswer(reply, readPoll);
    if (answer.ok) this.stage.change({ polls: withPoll(this.stage.state.polls, answer.data) });
    return answer.ok ? null : answer.refusal;
  }

  /** The polls of the room that are closed, where the hub can be reached. */
  async closedPolls(): Promise<Poll[]> {
    const { room } = this.stage.state;
    const answer = room ? await this.stage.api.polls(room.id).catch(() => null) : null;
    return answer?.ok ? answer.data.filter((poll) => poll.isClosed) : [];
  }

  /** A closed poll is not looked at any more. */
  putAway(pollId: Id): void {
    this.stage.change({ polls: withoutPoll(this.stage.state.polls, pollId) });
  }

  /** Takes back a message of one's own. */
  takeBack(seq: number): Promise<Refusal | null> {
    return this.tell("takeBack", { seq });
  }

  /** Tells the host of somebody else's message; said twice it is told once. */
  report(seq: number, reason: string): Promise<Refusal | null> {
    return this.tell("report", { seq, ...(reason && { reason }) });
  }

  /** One is in the room again: what the hub has not answered is done now. */
  resume(): void {
    const unheard = [...this.unheard.values()];
    this.unheard.clear();
    for (const again of unheard) again();
  }

  private async tell(event: string, what: object): Promise<Refusal | null> {
    const answer = readAnswer(await this.ask(event, what), () => true);
    return answer.ok ? null : answer.refusal;
  }

  private ask(event: string, what: object): Promise<unknown | null> {
    return this.stage.ask(event, { roomId: this.stage.state.room?.id, ...what }, PATIENCE);
  }
}
