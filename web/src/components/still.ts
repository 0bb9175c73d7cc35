// Keeps what is being tapped where it is. If an element moves between press and release, the click misses it.

import { signal } from "@preact/signals";
import { useRef } from "preact/hooks";

/** How long after the end of a touch its click may come, in ms. */
const CLICK_WITHIN = 100;

/** Whether a finger or the main button is down, or the click may still come. */
export const pressed = signal(false);
let releasing: ReturnType<typeof setTimeout> | undefined;

function release(): void {
  pressed.value = false;
}

addEventListener(
  "pointerdown",
  ({ button }) => {
    // A menu may take the end of any other button's press.
    if (button !== 0) return;
    clearTimeout(releasing);
    pressed.value = true;
  },
  true,
);
addEventListener("pointerup", () => (releasing = setTimeout(release, CLICK_WITHIN)), true);
// A finger that scrolls makes no click.
addEventListener("pointercancel", release, true);
addEventListener("blur", release);

/** `now`; while a finger or the main button is down, what it was when that began. */
export function useStill<T>(now: T): T {
  const shown = useRef(now);
  if (!pressed.value) shown.current = now;
  return shown.current;
}
