// Times as the reader's phone would have written them, and how long something still lasts.
//
// A hub without internet and without a battery may be wrong by years. Its messages carry its own
// time, so the difference at the moment it said hello puts them right; the phone is believed,
// because people set it by eye. Differences below a few seconds are the way through the air.

const NOISE = 5_000;

/** Milliseconds to add to a hub's time to get this phone's. */
export function offset(hubTime: string, phoneNow: number): number {
  const hub = Date.parse(hubTime);
  if (Number.isNaN(hub)) return 0;
  const difference = phoneNow - hub;
  return Math.abs(difference) < NOISE ? 0 : difference;
}

/** A moment the hub named, in this phone's time. */
export const local = (hubTime: string, clockOffset: number): number => Date.parse(hubTime) + clockOffset;

/** The calendar day in the reader's zone, as something to compare. */
export function day(time: number): string {
  const date = new Date(time);
  return `${date.getFullYear()}-${date.getMonth() + 1}-${date.getDate()}`;
}

/** How many midnights there were between two times, in the reader's zone. */
export function daysBetween(time: number, now: number): number {
  // A day may have 23 or 25 hours.
  return Math.round((new Date(now).setHours(0, 0, 0, 0) - new Date(time).setHours(0, 0, 0, 0)) / DAY);
}

export interface Left {
  unit: "day" | "hour" | "minute" | "soon" | "over" | "lasting";
  count: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Time left until `expiresAt`, in the largest unit that still says something. */
export function left(expiresAt: string, clockOffset: number, phoneNow: number): Left {
  const rest = local(expiresAt, clockOffset) - phoneNow;
  if (rest <= 0) return { unit: "over", count: 0 };
  if (rest < MINUTE) return { unit: "soon", count: 0 };
  // Rounded to the nearest, so that a room made just now has 24 hours and not 23.
  if (rest < HOUR - MINUTE / 2) return { unit: "minute", count: Math.max(1, Math.round(rest / MINUTE)) };
  if (rest < 2 * DAY) return { unit: "hour", count: Math.round(rest / HOUR) };
  return { unit: "day", count: Math.round(rest / DAY) };
}

export interface Ago {
  unit: "day" | "hour" | "minute" | "now";
  count: number;
}

/** How long ago something was, in the largest unit that still says something. */
export function ago(hubTime: string, clockOffset: number, phoneNow: number): Ago {
  const since = phoneNow - local(hubTime, clockOffset);
  if (since < MINUTE) return { unit: "now", count: 0 };
  if (since < HOUR) return { unit: "minute", count: Math.floor(since / MINUTE) };
  if (since < DAY) return { unit: "hour", count: Math.floor(since / HOUR) };
  return { unit: "day", count: Math.floor(since / DAY) };
}

/** Time left of a room. */
export const timeLeft = (room: { expiresAt: string; isLasting?: boolean }, clockOffset: number, phoneNow: number): Left =>
  room.isLasting ? { unit: "lasting", count: 0 } : left(room.expiresAt, clockOffset, phoneNow);
