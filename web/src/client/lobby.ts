// Keeps the lobby's list fresh while it is looked at: now, every few seconds, and on coming back.

import { offset } from "../store/clock";
import type { Hub, Id, OtherHub, Room } from "../wire";
import type { Api, Place } from "./http";

export interface LobbyState {
  hub: Hub | null;
  /** `null` before the first answer. */
  rooms: Room[] | null;
  /** How much is unread in rooms that one has been in, as the hub has counted it. */
  counted: ReadonlyMap<Id, number>;
  /** The other hubs on this network. */
  others: OtherHub[];
  clockOffset: number;
  reachable: boolean;
}

const EVERY = 8_000;
/** Soon after one came here, the hub has noticed that one left a room. */
const ONCE_MORE = 2_000;
const EVERY_WHEN_LOST = 2_500;
/** Hubs come and go with the event's tables: every so many looks are enough. */
const LOOKS_FOR_HUBS = 4;

export const EMPTY: LobbyState = { hub: null, rooms: null, counted: new Map(), others: [], clockOffset: 0, reachable: true };

export class Lobby {
  state: LobbyState = EMPTY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watched = false;
  private fresh = true;
  private round = 0;
  /** The places after which the hub has counted, each with the room's end then. */
  private asked = "";

  constructor(
    private readonly api: Api,
    private readonly onChange: (state: LobbyState) => void,
    /** The rooms in which something is new, with the place up to which each was read here. */
    private readonly behind: (rooms: readonly Room[]) => readonly Place[],
  ) {}

  /** Only while somebody looks: a drawer full of phones must not keep the hub busy. */
  watch(watched: boolean): void {
    if (watched === this.watched) return;
    this.watched = watched;
    clearTimeout(this.timer);
    this.fresh = true;
    if (watched) void this.refresh();
  }

  /** Has the hub count what is unread, unless nothing has come since it did. */
  private async count(rooms: readonly Room[]): Promise<ReadonlyMap<Id, number>> {
    const places = this.behind(rooms);
    if (places.length === 0) return EMPTY.counted;
    const last = new Map(rooms.map(({ id, lastSeq }) => [id, lastSeq]));
    const asked = places.map(({ id, seq }) => `${id} ${seq} ${last.get(id)}`).join();
    if (asked === this.asked) return this.state.counted;
    const answer = await this.api.unread(places);
    if (!answer.ok) return this.state.counted;
    this.asked = asked;
    return new Map(answer.data.rooms.map(({ roomId, unread }) => [roomId, unread]));
  }

  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const round = ++this.round;
    try {
      const wantsHubs = round % LOOKS_FOR_HUBS === 1;
      const others = wantsHubs ? this.api.hubs() : null;
      const [hub, rooms, hubs] = await Promise.all([this.api.hub(), this.api.rooms(), others]);
      if (round !== this.round) return;
      const counted = rooms.ok ? await this.count(rooms.data) : this.state.counted;
      if (round !== this.round) return;
      this.state = {
        hub: hub.ok ? hub.data : this.state.hub,
        rooms: rooms.ok ? rooms.data : this.state.rooms,
        counted,
        others: hubs?.ok ? hubs.data : this.state.others,
        clockOffset: hub.ok ? offset(hub.data.time, Date.now()) : this.state.clockOffset,
        reachable: true,
      };
    } catch {
      if (round !== this.round) return;
      this.state = { ...this.state, reachable: false };
    }
    this.onChange(this.state);
    if (!this.watched) return;
    const usual = this.fresh ? ONCE_MORE : EVERY;
    this.fresh = false;
    this.timer = setTimeout(() => void this.refresh(), this.state.reachable ? usual : EVERY_WHEN_LOST);
  }
}
