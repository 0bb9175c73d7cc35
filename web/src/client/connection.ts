// One Socket.IO connection for one room, as the rest of the client wants to see it: it is up or
// it is down, it asks and is answered, and it keeps coming back until it is closed.

import { Manager, type Socket } from "socket.io-client";
import { Transports } from "./transports";
import { readRefusal, type Refusal } from "../wire";

/** The part of a connection that a session needs; its tests bring their own. */
export interface Link {
  /** Emits and waits for the acknowledgement. `null` when none came in time. */
  ask(event: string, payload: unknown, patience: number): Promise<unknown | null>;
  /** Emits if connected; what is lost is not missed. */
  tell(event: string, payload: unknown): void;
  /** Drops a connection that does not answer, and makes a new one at once. */
  restart(): void;
  /** Is down, and no news of that, until it is hurried or restarted. */
  rest(): void;
  /** Tries now instead of at the next appointed time. */
  hurry(): void;
  close(): void;
}

export interface LinkEvents {
  up(): void;
  down(): void;
  /** The hub will not have this connection, and says why. It is tried again when the hub says, or in longer steps. */
  turnedAway(refusal: Refusal): void;
  event(name: string, payload: unknown): void;
}

export type Connect = (namespace: string, events: LinkEvents) => Link;

const EVENTS = [
  "hello",
  "sendMessage",
  "sendAlert",
  "messageTakenBack",
  "reactions",
  "returnChatters",
  "presence",
  "typing",
  "roomShut",
  "roomMode",
  "roomHistory",
  "roomClosed",
  "muted",
  "unmuted",
];

/** A connected transport whose namespace never answers is worth no more than a dead one. */
const NAMESPACE_PATIENCE = 6_000;

/** The text of a namespace's refusal: the library passes its sentence on, and nothing else. */
const atTheDoor = (error: Error): Refusal => ({ code: "unavailable", message: error.message, retryAfter: null });

/** The hub's answer if it refused the handshake itself, 429 or 503; `null` for a network that fails. */
export function refusalIn(error: unknown): Refusal | null {
  const { description, context } = error as { description?: unknown; context?: { responseText?: unknown } };
  if ((description !== 429 && description !== 503) || typeof context?.responseText !== "string") return null;
  try {
    return readRefusal(JSON.parse(context.responseText));
  } catch {
    return null;
  }
}

/** How long to wait after so many refusals in a row, in ms: never less than the hub says, and not all at once. */
export function pause({ retryAfter }: Refusal, refusals: number, random = Math.random): number {
  const own = Math.min(15_000, 1_000 * 2 ** refusals);
  return Math.max(own, (retryAfter ?? 0) * 1_000) * (1 + random() / 4);
}

/**
 * `known` says whether this browser has met this hub. At a first meeting the hub gives it its
 * cookie, and an ordinary HTTP answer is where every browser keeps one; from then on straight to
 * WebSocket, which is quicker, with polling where something in between does not let it through.
 * `token` says who comes, where the browser keeps no cookie.
 */
export function socketConnect(origin: string, known: () => boolean, token: () => string | null): Connect {
  return (namespace, events) => {
    // From the first answer on always by WebSocket, where one lives: it opens a line of its own, while a request
    // may be given one that was kept open and died with the last network.
    let met = false;
    const transports = new Transports(() => met || known());
    const manager = new Manager(origin, {
      forceNew: true,
      autoConnect: false,
      ...transports.plan(),
      reconnectionDelay: 400,
      reconnectionDelayMax: 4_000,
      timeout: 4_500,
    });
    const auth = (give: (data: object) => void): void => {
      const held = token();
      give(held === null ? {} : { token: held });
    };
    const socket: Socket = manager.socket(`/${namespace}`, { auth });
    let closed = false;
    let resting = false;
    let refusals = 0;
    let later: ReturnType<typeof setTimeout> | undefined;
    let watchdog: ReturnType<typeof setTimeout> | undefined;

    /** Through which transport the hub has answered, in this connection. */
    let answeredBy: string | null = null;
    /** The attempt whose end has been looked at: it may be told more than once. */
    let judged: unknown;
    const transport = (): string => manager.engine?.transport?.name ?? "";
    const answered = (): void => {
      answeredBy = transport();
      transports.answered(answeredBy);
    };
    /** A connection ended, or never came about: what that says of its transport decides what is tried next. */
    const ended = (): void => {
      if (manager.engine === judged) return;
      judged = manager.engine;
      const began = manager.opts.transports?.[0] as string | undefined;
      if (answeredBy !== transport()) transports.failed(transport(), began);
      answeredBy = null;
      Object.assign(manager.opts, transports.plan());
    };

    const again = (delay: number): void => {
      clearTimeout(later);
      later = setTimeout(() => !closed && socket.connect(), delay);
    };
    // Not `engine.close()`: this also ends an attempt that waits on an address that is gone.
    const anew = (): void => {
      ended();
      socket.disconnect();
      socket.connect();
    };
    manager.on("open", () => {
      manager.engine.on("upgradeError", () => transports.upgradeFailed());
      clearTimeout(watchdog);
      watchdog = setTimeout(() => !socket.connected && anew(), NAMESPACE_PATIENCE);
    });
    socket.on("connect", () => {
      met = true;
      refusals = 0;
      clearTimeout(watchdog);
      events.up();
    });
    socket.on("disconnect", (reason) => {
      if (resting) return;
      if (reason !== "io client disconnect") ended();
      events.down();
      // The library does not come back by itself from a goodbye of the hub (it shuts down, or
      // dropped us); a person holding a phone wants to.
      if (reason === "io server disconnect") again(600);
    });
    socket.on("connect_error", (error) => {
      const refusal = refusalIn(error) ?? (socket.active ? null : atTheDoor(error));
      if (refusal === null) {
        ended();
        return events.down();
      }
      clearTimeout(watchdog);
      refusals += 1;
      events.turnedAway(refusal);
      // The library would come again at once, and be refused again.
      if (socket.active) socket.disconnect();
      again(pause(refusal, refusals));
    });
    for (const name of EVENTS) socket.on(name, (payload: unknown) => events.event(name, payload));
    socket.connect();

    return {
      ask: (event, payload, patience) =>
        new Promise((resolve) => {
          if (!socket.connected) return resolve(null);
          const acknowledged = (failure: Error | null, answer: unknown): void => {
            if (!failure) answered();
            resolve(failure ? null : answer);
          };
          // An event without a payload has the acknowledgement as its only argument.
          if (payload === undefined) socket.timeout(patience).emit(event, acknowledged);
          else socket.timeout(patience).emit(event, payload, acknowledged);
        }),
      tell: (event, payload) => void (socket.connected && socket.volatile.emit(event, payload)),
      restart: () => void (!closed && anew()),
      rest() {
        clearTimeout(later);
        clearTimeout(watchdog);
        resting = true;
        socket.disconnect();
        resting = false;
      },
      hurry: () => void (!closed && !socket.connected && anew()),
      close() {
        closed = true;
        clearTimeout(later);
        clearTimeout(watchdog);
        socket.disconnect();
      },
    };
  };
}
