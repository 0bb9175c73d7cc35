// Rows move to their new places, and new ones come from below; nothing moves for who prefers that.

const TAKES = 320;
const CURVE = "cubic-bezier(0.2, 0.7, 0.2, 1)";

/** Where the rows are, each by its key in `data-key`. */
export type Places = ReadonlyMap<string, number>;

const rowsIn = (root: Element): HTMLElement[] => Array.from(root.querySelectorAll<HTMLElement>("[data-key]"));

export const placesIn = (root: Element): Places => new Map(rowsIn(root).map((row) => [row.dataset.key!, row.offsetTop]));

/** Moves the rows from where they were. */
export function moveFrom(before: Places, root: Element): void {
  if (before.size === 0 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const row of rowsIn(root)) {
    const was = before.get(row.dataset.key!);
    const by = was === undefined ? row.offsetHeight : was - row.offsetTop;
    if (by === 0 || !row.animate) continue;
    const from = { transform: `translateY(${by}px)`, ...(was === undefined && { opacity: 0 }) };
    row.animate([from, { transform: "none" }], { duration: TAKES, easing: CURVE });
  }
}
