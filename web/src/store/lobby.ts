// The rooms of the hub as the lobby shows them.

import type { Id, Room } from "../wire";

export interface Channel {
  namespace: string;
  rooms: Room[];
}

/** The channel where Cola Chat's own page makes its rooms; people see it as the plaza. */
export const PLAZA = "anonymous";

export const isFull = (room: Room): boolean => room.capacity > 0 && room.present >= room.capacity;

/**
 * Rooms by channel, the plaza first, the others by name. Within a channel the order is by age and
 * does not change while people come and go: a list that is being tapped must not move.
 */
export function channels(rooms: Room[]): Channel[] {
  const byName = new Map<string, Room[]>();
  for (const room of rooms) {
    if (room.isExpired) continue;
    const list = byName.get(room.namespace);
    if (list) list.push(room);
    else byName.set(room.namespace, [room]);
  }
  return [...byName.entries()]
    .map(([namespace, list]) => ({ namespace, rooms: list.sort(byAge) }))
    .sort((a, b) => rank(a.namespace) - rank(b.namespace) || a.namespace.localeCompare(b.namespace));
}

const rank = (namespace: string): number => (namespace === PLAZA ? 0 : 1);

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
