// The connection of one room, as the rest of the client wants to see it: it is up or it is down, it asks and is answered,
// and it keeps coming back until it is closed. Below it rooms of one channel share a socket (`channel.ts`), and all of them
// one connection to the hub (`line.ts`).

import { Manager } from "socket.io-client";
import { Channel } from "./channel";
import { Line } from "./line";
import { Transports } from "./transports";
import { readRefusal, type Refusal } from "../wire";

/** The part of a connection that a session needs; its tests bring their own. */
export interface Link {
  /** Emits and waits for the acknowledgement. `null` when none came in time. */
  ask(event: string, payload: unknown, patience: number): Promise<unknown | null>;
  /** Emits if connected; what is lost is not missed. */
  tell(event: string, payload: unknown): void;
  /** Drops a connection that does not answer, for all rooms, and makes a new one at once. */
  restart(): void;
  /** Is down for this room, and no news of that, until it is hurried or restarted. */
  rest(): void;
  /** Tries now instead of at the next appointed time. */
  hurry(): void;
  /** Ends it for this room; with the last room it ends for all. */
  close(): void;
}

export interface LinkEvents {
  up(): void;
  down(): void;
  /** The hub will not have this connection, and says why. It is tried again when the hub says, or in longer steps. */
  turnedAway(refusal: Refusal): void;
  event(name: string, payload: unknown): void;
}

export type Connect = (room: { id: string; namespace: string }, events: LinkEvents) => Link;

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
  // From the first answer on always by WebSocket, where one lives: it opens a line of its own, while a request
  // may be given one that was kept open and died with the last network.
  const transports: Transports = new Transports(() => line.met || known());
  const manager = new Manager(origin, {
    autoConnect: false,
    reconnectionDelay: 400,
    reconnectionDelayMax: 4_000,
    timeout: 4_500,
  });
  const line = new Line(manager, transports);
  Object.assign(manager.opts, transports.plan());
  const channels = new Map<string, Channel>();
  const auth = (give: (data: object) => void): void => {
    const held = token();
    give(held === null ? {} : { token: held });
  };
  const channelOf = (namespace: string): Channel => {
    const made = new Channel(manager.socket(`/${namespace}`, { auth }), line);
    channels.set(namespace, made);
    line.add(made);
    return made;
  };
  return ({ id, namespace }, events) => (channels.get(namespace) ?? channelOf(namespace)).open(id, events);
}
