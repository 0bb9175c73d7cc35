// Keeps a wall up to date for days: it asks for the whole wall again and again, one request at a time, and holds nothing
// but the last answer. Where there is none, what was shown stays, with a sign.

import { readTold, type Wall, type Why } from "./wire";

export type State =
  | { name: "looking" }
  /** `isLost` while the hub does not answer. */
  | { name: "wall"; wall: Wall; isLost: boolean }
  | { name: "refused"; why: Why };

export interface Answer {
  status: number;
  etag: string | null;
  body: unknown;
}

/** Asks for the wall that is newer than `etag`; rejects where the hub does not answer. */
export type Ask = (etag: string | null) => Promise<Answer>;

/** How long after an answer the next request goes, in ms. */
const PACE = 1_500;
/** The same where there is no wall to be shown: something has to be done first. */
const PACE_REFUSED = 4_000;

export class Watch {
  private etag: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private isAsking = false;
  private isOver = false;

  constructor(
    private readonly ask: Ask,
    private readonly show: (state: State) => void,
    private state: State = { name: "looking" },
  ) {}

  /** Asks now, and goes on. */
  async look(): Promise<void> {
    if (this.isAsking || this.isOver) return;
    clearTimeout(this.timer);
    this.isAsking = true;
    this.become(await this.next());
    this.isAsking = false;
    if (this.isOver) return;
    this.timer = setTimeout(() => void this.look(), this.state.name === "refused" ? PACE_REFUSED : PACE);
  }

  end(): void {
    this.isOver = true;
    clearTimeout(this.timer);
  }

  private become(next: State): void {
    if (next === this.state || this.isOver) return;
    this.state = next;
    this.show(next);
  }

  private async next(): Promise<State> {
    try {
      const { status, etag, body } = await this.ask(this.etag);
      if (status === 304) return this.found(true) ?? this.lost();
      const told = readTold(body);
      if (!told) return this.lost();
      this.etag = told.ok ? etag : null;
      return told.ok ? { name: "wall", wall: told.wall, isLost: false } : this.refused(told.why);
    } catch {
      return this.lost();
    }
  }

  /** What is shown, now that the hub has answered, or has not. */
  private found(is: boolean): State | null {
    const { state } = this;
    if (state.name !== "wall") return null;
    return state.isLost === !is ? state : { ...state, isLost: !is };
  }

  private lost(): State {
    // Asked for whole the next time: what answers then may be another hub, or the same with another past.
    this.etag = null;
    return this.found(false) ?? this.state;
  }

  private refused(why: Why): State {
    return this.state.name === "refused" && this.state.why === why ? this.state : { name: "refused", why };
  }
}

/** Longer than any answer on a healthy LAN takes. */
const PATIENCE = 5_000;

/** The wall of a room over HTTP; `secret` is that of the host's link. */
export function askHub(code: string, secret: string): Ask {
  return async (known) => {
    const abort = new AbortController();
    const patience = setTimeout(() => abort.abort(), PATIENCE);
    try {
      const headers: Record<string, string> = {};
      if (secret) headers.authorization = `ColaHub-Wall ${secret}`;
      if (known) headers["if-none-match"] = known;
      const path = `/api/walls/${encodeURIComponent(code)}`;
      const response = await fetch(path, { headers, cache: "no-store", credentials: "same-origin", signal: abort.signal });
      const body: unknown = response.status === 304 ? null : await response.json();
      return { status: response.status, etag: response.headers.get("etag"), body };
    } finally {
      clearTimeout(patience);
    }
  };
}
