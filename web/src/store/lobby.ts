// The rooms of the hub as the lobby shows them.

import type { Id, Room } from "../wire";

export interface Channel {
  namespace: string;
  rooms: Room[];
}

/** The channel where Cola Chat's own page makes its rooms; people see it as the plaza. */
export const PLAZA = "anonymous";

export const isFull = (room: Room): boolean => room.capacity > 0 && room.present >= room.capacity;

/** The places of rooms in the list, from the first. */
export type Order = ReadonlyMap<Id, number>;

/** How long a visit counts. */
const RECENT = 12 * 3600_000;

/** How far a room was read: the last place, and when what stands there was sent, in the hub's time. */
export interface Read {
  seq: number;
  sentAt: string | null;
}

/** How many rooms the hub counts in one call. */
const COUNTED = 20;

/** The rooms in which something is new, with the place up to which each was read. */
export function behind(rooms: readonly Room[], reads: ReadonlyMap<Id, Read>): { id: Id; seq: number }[] {
  const found = rooms.flatMap((room) => {
    const read = reads.get(room.id);
    return read && unread(room, read) > 0 ? [{ id: room.id, seq: read.seq }] : [];
  });
  return found.slice(0, COUNTED);
}

/**
 * How much is new to who read up to `read`: what the hub has counted (`counted`), and until it has, all that came, notices
 * among it. Nothing is in a room never read, nor where people only came and went since.
 */
export const fresh = (room: Room, read: Read | undefined, counted: ReadonlyMap<Id, number>): number => {
  const all = unread(room, read);
  return Math.min(all, counted.get(room.id) ?? all);
};

/** How much (messages, and notices among them) came into a room after what was read. */
export function unread({ lastSeq, lastSaidAt }: Room, read: Read | undefined): number {
  if (!read || lastSeq === undefined || !lastSaidAt) return 0;
  const isSaid = read.sentAt === null || Date.parse(lastSaidAt) > Date.parse(read.sentAt);
  return isSaid ? Math.max(0, lastSeq - read.seq) : 0;
}

/**
 * The order in which one finds rooms: those that one visited lately, with something new before the others, the last first;
 * then where people are; then by age.
 */
export function ordered(
  rooms: readonly Room[],
  visits: ReadonlyMap<Id, number>,
  now: number,
  reads: ReadonlyMap<Id, Read> = new Map(),
): Order {
  const isNew = (room: Room): number => Number(visited(room) > 0 && unread(room, reads.get(room.id)) > 0);
  const visited = ({ id }: Room): number => {
    const at = visits.get(id) ?? 0;
    return now - at < RECENT ? at : 0;
  };
  const sorted = [...rooms].sort((a, b) => isNew(b) - isNew(a) || visited(b) - visited(a) || b.present - a.present || byAge(a, b));
  return new Map(sorted.map(({ id }, place) => [id, place]));
}

/**
 * Rooms by channel, the plaza first, the others by name. Within a channel they stand as they did when one came to look
 * (`order`), and rooms that are new stand below; those to which the host gave a place stand before all: a list that is being tapped must not move while people come and go.
 */
export function channels(rooms: Room[], order: Order = new Map()): Channel[] {
  const byName = new Map<string, Room[]>();
  for (const room of rooms) {
    if (room.isExpired) continue;
    const list = byName.get(room.namespace);
    if (list) list.push(room);
    else byName.set(room.namespace, [room]);
  }
  const place = ({ id }: Room): number => order.get(id) ?? order.size;
  return [...byName.entries()]
    .map(([namespace, list]) => ({ namespace, rooms: list.sort((a, b) => byHost(a, b) || place(a) - place(b) || byAge(a, b)) }))
    .sort((a, b) => rank(a.namespace) - rank(b.namespace) || a.namespace.localeCompare(b.namespace));
}

const rank = (namespace: string): number => (namespace === PLAZA ? 0 : 1);

/** The host's order: rooms that have a place in it come first. */
const byHost = (a: Room, b: Room): number => (a.position || Infinity) - (b.position || Infinity) || 0;

const byAge = (a: Room, b: Room): number => a.createdAt.localeCompare(b.createdAt) || a.id.localeCompare(b.id);

/** The ids of rooms whose title another room has, too. */
export function alike(rooms: readonly Room[]): ReadonlySet<Id> {
  const byTitle = new Map<string, Id[]>();
  for (const { id, title, isExpired } of rooms) {
    if (isExpired) continue;
    const looks = title.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();
    byTitle.set(looks, [...(byTitle.get(looks) ?? []), id]);
  }
  return new Set([...byTitle.values()].filter((ids) => ids.length > 1).flat());
}

/** Rooms whose title, channel or code contains what was typed. */
export function matching(rooms: Room[], typed: string): Room[] {
  const wanted = typed.trim().toLowerCase();
  if (!wanted) return rooms;
  return rooms.filter((room) =>
    [room.title, room.namespace, room.code].some((text) => text.toLowerCase().includes(wanted)),
  );
}
