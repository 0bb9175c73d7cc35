// Looks at the hub while the page is looked at: how it is, and what the open view shows.

import { flooding, lastId, merged, NOTHING, renewed, withOverview, type HostState } from "./state";
import type { Requests } from "./requests";
import type { Reader } from "../wire";
import {
  readAnnounced,
  readAsked,
  readBanned,
  readDeeds,
  readKeys,
  readMuted,
  readOverview,
  readPeople,
  readPollLines,
  readPrepared,
  readReports,
  readRoomLines,
  readSaid,
  readWaiting,
  type Denial,
  type Told,
} from "./wire";

export type View =
  | { name: "now" | "rooms" | "people" | "reports" | "log" }
  /** A room that is open, by its code. */
  | { name: "room"; code: string };

/** How the way to the hub is. */
export type Way = { name: "open" } | { name: "away" } | { name: "refused"; denial: Denial };

/** Between two looks; with the time that they take, what happens is seen within two seconds. */
const EVERY = 1_500;
const AWAY_MOST = 15_000;
/** One look in so many asks again for what seldom changes, and for what a hub that was changed meanwhile did not tell of. */
const WHOLE = 5;
const STREAM = 100;

/** Refusals of the key itself. Asking on is of no use. */
const ENDS = ["bad_signature", "other_browser", "hosts_elsewhere"];

class Ended extends Error {
  constructor(readonly denial: Denial) {
    super(denial.message);
  }
}

export class Watch {
  state: HostState = NOTHING;
  way: Way = { name: "open" };
  private timer: ReturnType<typeof setTimeout> | undefined;
  private view: View = { name: "now" };
  private isWatched = false;
  private isLooking = false;
  private isWanted = false;
  private looks = 0;
  /** What the hub had removed before the stream was last read as a whole; `null` if it has not been. */
  private removals: number | null = null;
  private lost = 0;

  constructor(
    private readonly requests: Requests,
    private readonly onChange: (state: HostState, way: Way) => void,
  ) {}

  /** Which view is open, and whether anybody looks at it. */
  watch(view: View, isWatched: boolean): void {
    this.view = view;
    this.isWatched = isWatched;
    clearTimeout(this.timer);
    // The first look at a view is a whole one.
    this.looks = 0;
    if (isWatched) this.look();
  }

  /** Looks now. */
  look(): void {
    if (this.isLooking) this.isWanted = true;
    else void this.round();
  }

  private async round(): Promise<void> {
    clearTimeout(this.timer);
    this.isLooking = true;
    try {
      if (this.state.role === null) await this.learnRole();
      await this.overview();
      await this.open(this.view);
      this.looks += 1;
      this.lost = 0;
      this.way = { name: "open" };
    } catch (error) {
      if (error instanceof Ended) this.way = { name: "refused", denial: error.denial };
      else {
        this.lost += 1;
        this.way = { name: "away" };
      }
    }
    this.isLooking = false;
    this.onChange(this.state, this.way);
    if (!this.isWatched || this.way.name === "refused") return;
    const pause = this.way.name === "away" ? Math.min(EVERY * 2 ** (this.lost - 1), AWAY_MOST) : EVERY;
    const isWanted = this.isWanted && this.way.name === "open";
    this.isWanted = false;
    this.timer = setTimeout(() => void this.round(), isWanted ? 0 : pause);
  }

  /** Only hosts may list the keys, so the answer says whose this is. */
  private async learnRole(): Promise<void> {
    const told = await this.requests.get("hosts", readKeys);
    if (told.ok) this.change({ role: "host", keys: told.data });
    else if (told.code === "hosts_only") this.change({ role: "helper" });
    else this.opened(told);
    // A hub that cannot mute says that there is no such call.
    await this.take("mutes", "mutes", readMuted);
  }

  private async overview(): Promise<void> {
    const overview = await this.get("overview", readOverview);
    if (!overview) return;
    this.state = withOverview(this.state, overview);
    this.onChange(this.state, this.way);
  }

  private async open(view: View): Promise<void> {
    const isHost = this.state.role === "host";
    const isWhole = this.looks % WHOLE === 0;
    // Elsewhere the rooms are there for their titles.
    if (isWhole || ["rooms", "room", "log"].includes(view.name)) await this.take("rooms", "rooms", readRoomLines);
    if (view.name === "now" || view.name === "log") await this.take("announced", "announcements", readAnnounced);
    if (view.name === "now") {
      await this.take("polls", "polls?all=true", readPollLines);
      if (isHost) await this.take("prepared", "polls/prepared", readPrepared);
      await this.stream(isWhole);
      // Whoever is kept from it floods no more.
      if (flooding(this.state, Date.now()).length > 0) await this.kept(isHost);
    }
    if (view.name === "room") await this.room(view.code);
    if (view.name === "reports") await this.take("reports", "reports", readReports);
    if (view.name === "log" && isHost) {
      await this.kept(isHost);
      await this.take("log", "log", readDeeds);
    }
    if (view.name === "people") {
      await this.take("people", "chatters?recent=true", readPeople);
      await this.kept(isHost);
    }
  }

  /** Who is muted, and for hosts who is banned. */
  private async kept(isHost: boolean): Promise<void> {
    if (this.state.mutes) await this.take("mutes", "mutes", readMuted);
    if (isHost) await this.take("bans", "bans", readBanned);
  }

  private async stream(isWhole: boolean): Promise<void> {
    const { stream, overview } = this.state;
    // It was asked for before the messages are, so what it counts is gone from them.
    const removals = overview?.removals ?? 0;
    const isRead = isWhole || removals !== this.removals;
    const last = isRead ? null : lastId(stream);
    const told = await this.get(`messages?last=${STREAM}${last === null ? "" : `&after=${last}`}`, readSaid());
    if (!told) return;
    const known = stream ?? [];
    if (isRead) this.removals = removals;
    this.change({ stream: isRead ? renewed(known, told, told.length < STREAM) : merged(known, told) });
  }

  private async room(code: string): Promise<void> {
    const room = this.state.rooms?.find((one) => one.code === code);
    if (!room) return;
    const messages = await this.get(`rooms/${room.id}/messages?last=50`, readSaid(room));
    const people = await this.get(`chatters?room=${room.id}`, readPeople);
    // A hub that has no questions says that there is no such call.
    const questions = (await this.get(`rooms/${room.id}/questions`, readAsked)) ?? [];
    const waiting = room.questions === undefined ? [] : ((await this.get(`held?room=${room.id}`, readWaiting)) ?? []);
    if (messages && people)
      this.change({ open: { room: room.id, messages: merged([], messages), people, questions, waiting } });
  }

  private async take<K extends keyof HostState>(
    name: K,
    path: string,
    read: Reader<NonNullable<HostState[K]>>,
  ): Promise<void> {
    const told = await this.get(path, read);
    if (told !== null) this.change({ [name]: told } as Pick<HostState, K>);
  }

  private async get<T>(path: string, read: Reader<T>): Promise<T | null> {
    return this.opened(await this.requests.get(path, read));
  }

  /** What was told, or `null` for what the hub refuses while the key is good. */
  private opened<T>(told: Told<T>): T | null {
    if (told.ok) return told.data;
    if (ENDS.includes(told.code)) throw new Ended(told);
    return null;
  }

  private change(part: Partial<HostState>): void {
    this.state = { ...this.state, ...part };
    this.onChange(this.state, this.way);
  }
}
