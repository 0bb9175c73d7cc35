// Our own few line icons: emoji look different on every phone, and belong to people here.

import type { JSX } from "preact";

const PATHS = {
  back: "M15 5l-7 7 7 7",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  send: "M12 19V6M6 11l6-6 6 6",
  down: "M12 5v13M6 13l6 6 6-6",
  lock: "M7 11V8a5 5 0 0110 0v3M6 11h12v9H6z",
  people:
    "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.5 2.4 6.5 6M16 4.5a3.5 3.5 0 010 6.5M18 14.5c2.2.8 3.5 2.8 3.5 5.5",
  scan: "M4 9V5a1 1 0 011-1h4M15 4h4a1 1 0 011 1v4M20 15v4a1 1 0 01-1 1h-4M9 20H5a1 1 0 01-1-1v-4M8 12h8",
  copy: "M9 9h11v11H9zM15 9V4H4v11h5",
  answer: "M10 8V4l-7 7 7 7v-4c5 0 8 1.500 11 5-1-6-4-10.500-11-11z",
  undo: "M4 9h11a5 5 0 010 10H9M4 9l4-4M4 9l4 4",
  hide: "M3 3l18 18M10 6.2A9 9 0 0112 6c6 0 9 6 9 6a17 17 0 01-2.6 3.3M6.5 7.7A16 16 0 003 12s3 6 9 6a9 9 0 004-1M10 10a3 3 0 004 4",
  find: "M10.500 17a6.500 6.500 0 100-13 6.500 6.500 0 000 13zM15.200 15.200L20 20",
  ask: "M9 9a3 3 0 116 0c0 2-3 2.500-3 5M12 18h.01",
  flag: "M6 21V4h11l-2 4 2 4H6",
  horn: "M4 10v4h3l8 5V5l-8 5zM18 9.500a4 4 0 010 5",
  poll: "M5 20V10M12 20V4M19 20v-7",
  done: "M5 12.500l4.500 4.500L19 7.500",
  retry: "M20 11a8 8 0 10-2.3 6.3M20 5v6h-6",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The hub's own sign: a cola's bubbles. */
export function Fizz(): JSX.Element {
  return (
    <svg class="fizz" viewBox="0 0 26 26" width="26" height="26" aria-hidden="true" focusable="false">
      <circle cx="11" cy="16" r="9" />
      <circle cx="20" cy="8" r="4" opacity=".7" />
      <circle cx="14" cy="3" r="2" opacity=".45" />
    </svg>
  );
}

/** A glass of cola, for where nothing is yet. */
export function Glass(): JSX.Element {
  return (
    <svg class="glass" viewBox="0 0 96 120" width="96" height="120" aria-hidden="true" focusable="false">
      <path class="glass-cola" d="M23 46h50l-5.2 58a6 6 0 01-6 5.500H34.200a6 6 0 01-6-5.500z" />
      <g class="glass-bubbles">
        <circle cx="40" cy="92" r="4" />
        <circle cx="55" cy="80" r="3" />
        <circle cx="45" cy="66" r="2.500" />
        <circle cx="60" cy="60" r="2" />
        <circle cx="52" cy="34" r="3" />
        <circle cx="41" cy="24" r="2" />
      </g>
      <path class="glass-line" d="M19 30l7 76a8 8 0 008 7h28a8 8 0 008-7l7-76M60 44L72 6l12-3" />
    </svg>
  );
}
