// The reader's place in the log: the one rule for what stays in view. Pure; `components/log-sight.ts` measures.
//
// A reader who is at the bottom, with no unfolded message in view, follows the newest message. For everybody
// else the first visible row stays where it is. The place is taken when the reader moves, and restored
// after every change of size or content, whatever its cause.

/** A row, in pixels from the upper edge of the log. */
export interface RowBox {
  /** The last seq that this row shows; `null` for a message that is not sent yet. */
  seq: number | null;
  /** Whether the reader unfolded it. */
  open: boolean;
  top: number;
  height: number;
}

export interface Sight {
  /** Height of the log. */
  height: number;
  /** How far the log can still be scrolled down. */
  below: number;
  /** The rows in view, from the first. */
  rows: readonly RowBox[];
}

const AT_BOTTOM = 48;
/** The height that stays visible above the first unread message: the line, and the end of what was read. */
const ABOVE_UNREAD = 72;

/** `toEnd`: the newest message has a row. */
export const atBottom = ({ below }: Sight, toEnd: boolean): boolean => toEnd && below < AT_BOTTOM;

/** Whether a reader who sees this follows the newest message. */
export const follows = (sight: Sight, toEnd: boolean): boolean =>
  atBottom(sight, toEnd) && !sight.rows.some((row) => row.open);

/** How far to scroll so that the row that was at the upper edge, `held`, is there again. */
export function shift(held: RowBox, now: RowBox): number {
  const into = -held.top;
  if (into <= 0 || held.height <= 0) return now.top + into;
  // The same text in other lines: the same part of it. More or less text: the same line, if it is still there.
  const kept = held.open === now.open ? (into * now.height) / held.height : into;
  return now.top + (kept < now.height ? kept : 0);
}

/**
 * How far to scroll when a reader comes (back) to the bottom: to the end, but not past the first
 * unread message. `unread` is its upper edge.
 */
export const arrival = (below: number, unread: number | null): number =>
  unread === null ? below : Math.min(below, unread - ABOVE_UNREAD);

/** The newest seq that was seen: its row's end is in view, or it fills the view. `null` if none was. */
export function lastSeen({ height, rows }: Sight): number | null {
  let seen: number | null = null;
  for (const { seq, top, height: rowHeight } of rows) {
    const end = top + rowHeight;
    if (seq !== null && (end <= height + 1 || (top <= 0 && end >= height))) seen = seq;
  }
  return seen;
}
