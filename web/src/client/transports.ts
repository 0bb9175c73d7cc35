// The transports that a connection tries, from the results of those before.
//
// Not everything between a phone and the hub lets a WebSocket live, and not everything that kills one says so.
// Only an answer through it counts: after two in a row through which none did, it is polling's turn.

export interface Plan {
  transports: string[];
  /** Whether the second is tried in the same attempt when the first fails. */
  tryAllTransports: boolean;
  /** Whether polling may change over to WebSocket. */
  upgrade: boolean;
}

/** How often in a row one of them may fail before it is the other's turn. */
const CHANCES = 2;

export class Transports {
  private websocketsFailed = 0;
  private pollingsFailed = 0;
  private upgrades = true;
  /** Whether WebSockets failed in this page where polling did not: then one has fewer chances. */
  private suspicious = false;

  /** `known` says whether this browser has its cookie, which it gets by an ordinary HTTP answer. */
  constructor(private readonly known: () => boolean) {}

  plan(): Plan {
    if (this.known() && this.websocketsFailed < CHANCES) {
      return { transports: ["websocket", "polling"], tryAllTransports: true, upgrade: true };
    }
    // Not from polling to WebSocket: what a refused request said would be lost with the next one's failure.
    return { transports: ["polling", "websocket"], tryAllTransports: false, upgrade: this.upgrades };
  }

  /** An answer came through it. */
  answered(transport: string): void {
    this.pollingsFailed = 0;
    if (transport === "websocket") {
      this.websocketsFailed = 0;
      this.upgrades = true;
      this.suspicious = false;
    } else if (this.websocketsFailed >= CHANCES) {
      this.suspicious = true;
    }
  }

  /** It ended, and no answer ever came through it. `began` is the transport with which that attempt began. */
  failed(transport: string, began = transport): void {
    if (transport === "websocket" && began === "polling") {
      this.upgradeFailed();
    } else if (transport === "websocket") {
      this.websocketsFailed += 1;
    } else if ((this.pollingsFailed += 1) >= CHANCES) {
      // Nothing gets through at all: that says nothing of WebSockets.
      this.websocketsFailed = this.suspicious ? CHANCES - 1 : 0;
      this.pollingsFailed = 0;
      this.upgrades = true;
    }
  }

  /** Polling could not change over to WebSocket. */
  upgradeFailed(): void {
    this.upgrades = false;
    this.suspicious = true;
    this.websocketsFailed = CHANCES;
  }
}
