// Measures the log for `store/place.ts`.

import type { RowBox, Sight } from "../store/place";

/** A row in view, and what was measured of it. */
export interface Seen {
  element: HTMLElement;
  box: RowBox;
}

export const rowsOf = (scroller: HTMLElement): HTMLElement[] =>
  Array.from(scroller.querySelectorAll<HTMLElement>("[data-key]"));

export const below = ({ scrollHeight, scrollTop, clientHeight }: HTMLElement): number =>
  scrollHeight - scrollTop - clientHeight;

export function boxOf(element: HTMLElement, edge: number): RowBox {
  const { top, height } = element.getBoundingClientRect();
  const { seq, open } = element.dataset;
  return { seq: seq === undefined ? null : Number(seq), open: open !== undefined, top: top - edge, height };
}

/** The rows in view. They stand in order, so the first is found by halving. */
export function visible(scroller: HTMLElement): Seen[] {
  const rows = rowsOf(scroller);
  const edge = scroller.getBoundingClientRect().top;
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle]!.getBoundingClientRect().bottom <= edge) low = middle + 1;
    else high = middle;
  }
  const seen: Seen[] = [];
  for (const element of rows.slice(low)) {
    const box = boxOf(element, edge);
    if (box.top >= scroller.clientHeight) break;
    seen.push({ element, box });
  }
  return seen;
}

export const sightOf = (scroller: HTMLElement, seen: readonly Seen[]): Sight => ({
  height: scroller.clientHeight,
  below: below(scroller),
  rows: seen.map(({ box }) => box),
});
