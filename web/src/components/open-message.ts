// Which message has a sheet open, its menu or the one that tells the host.

import { signal } from "@preact/signals";
import { openSheet } from "../route";

/** The message's seq. */
export const chosen = signal<number | null>(null);

export function openMessage(seq: number): void {
  chosen.value = seq;
  openSheet("message");
}
