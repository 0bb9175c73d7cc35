import type { JSX } from "preact";

const PATHS = {
  now: "M3 12h4l3-8 4 16 3-8h4",
  rooms: "M4 5h16v11H9l-5 4z",
  people:
    "M9 11a3.5 3.5 0 100-7 3.5 3.5 0 000 7zM2.5 20c0-3.6 2.9-6 6.5-6s6.500 2.4 6.500 6M16 4.500a3.500 3.500 0 010 6.500M18 14.500c2.2.8 3.500 2.8 3.500 5.500",
  reports: "M6 21V4h11l-2 4 2 4H6",
  log: "M6 4h12v16H6zM9 9h6M9 13h6M9 17h3",
  kick: "M10 4H5v16h5M14 8l4 4-4 4M18 12H9",
  ban: "M12 20a8 8 0 100-16 8 8 0 000 16zM6.500 6.500l11 11",
  remove: "M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13",
  mute: "M4 5h16v11H9l-5 4zM9 8l6 5M15 8l-6 5",
  speak: "M4 5h16v11H9l-5 4zM8 10.500h8",
  done: "M5 13l5 5L19 7",
  person: "M12 11a4 4 0 100-8 4 4 0 000 8zM4.500 21c0-4 3.300-7 7.500-7s7.500 3 7.500 7",
  clock: "M12 20a8 8 0 100-16 8 8 0 000 16zM12 8v4l3 2",
  warn: "M12 4l9 16H3zM12 10v5M12 17.500v.01",
} as const;

export type HostIconName = keyof typeof PATHS;

export function HostIcon({ name }: { name: HostIconName }): JSX.Element {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
