// Rows move to their new places, and new ones come from where they are put; nothing moves for who prefers that.

import { useLayoutEffect, useRef } from "preact/hooks";

const TAKES = 320;
const CURVE = "cubic-bezier(0.2, 0.7, 0.2, 1)";

const isCalm = (): boolean => matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Moves the rows of a list, each of which has its key in `data-key`, whenever they have changed. */
export function useMoving<T extends HTMLElement>(keys: readonly string[]): { current: T | null } {
  const list = useRef<T>(null);
  const before = useRef(new Map<string, number>());
  useLayoutEffect(() => {
    const isFirst = before.current.size === 0;
    const now = new Map<string, number>();
    for (const row of Array.from(list.current?.children ?? []) as HTMLElement[]) {
      const key = row.dataset.key ?? "";
      now.set(key, row.offsetTop);
      if (isFirst || isCalm() || !row.animate) continue;
      const was = before.current.get(key);
      const by = (was ?? row.offsetTop + row.offsetHeight) - row.offsetTop;
      if (by === 0) continue;
      const from = { transform: `translateY(${by}px)`, ...(was === undefined && { opacity: 0 }) };
      row.animate([from, { transform: "none" }], { duration: TAKES, easing: CURVE });
    }
    before.current = now;
  }, [keys.join(" ")]);
  return list;
}
