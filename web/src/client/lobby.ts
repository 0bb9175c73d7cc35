// Keeps the lobby's list fresh while it is looked at: now, every few seconds, and on coming back.

import { offset } from "../store/clock";
import type { Hub, OtherHub, Room } from "../wire";
import type { Api } from "./http";

export interface LobbyState {
  hub: Hub | null;
  /** `null` before the first answer. */
  rooms: Room[] | null;
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

export const EMPTY: LobbyState = { hub: null, rooms: null, others: [], clockOffset: 0, reachable: true };

export class Lobby {
  state: LobbyState = EMPTY;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watched = false;
  private fresh = true;
  private round = 0;

  constructor(
    private readonly api: Api,
    private readonly onChange: (state: LobbyState) => void,
  ) {}

  /** Only while somebody looks: a drawer full of phones must not keep the hub busy. */
  watch(watched: boolean): void {
    if (watched === this.watched) return;
    this.watched = watched;
    clearTimeout(this.timer);
    this.fresh = true;
    if (watched) void this.refresh();
  }

  async refresh(): Promise<void> {
    clearTimeout(this.timer);
    const round = ++this.round;
    try {
      const wantsHubs = round % LOOKS_FOR_HUBS === 1;
      const others = wantsHubs ? this.api.hubs() : null;
      const [hub, rooms, hubs] = await Promise.all([this.api.hub(), this.api.rooms(), others]);
      if (round !== this.round) return;
      this.state = {
        hub: hub.ok ? hub.data : this.state.hub,
        rooms: rooms.ok ? rooms.data : this.state.rooms,
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
