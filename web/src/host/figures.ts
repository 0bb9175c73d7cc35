// Sizes and spans as people say them.

const UNITS = ["B", "kB", "MB", "GB", "TB"];

/** A size in bytes, with three figures at most. */
export function sizeText(bytes: number, locale: string): string {
  let [value, unit] = [bytes, 0];
  while (value >= 1_000 && unit < UNITS.length - 1) [value, unit] = [value / 1_000, unit + 1];
  return `${value.toLocaleString(locale, { maximumFractionDigits: value < 10 && unit > 0 ? 1 : 0 })} ${UNITS[unit]!}`;
}

export interface Span {
  unit: "day" | "hour" | "minute";
  count: number;
}

/** A span of seconds in the largest unit that still says something. */
export function spanOf(seconds: number): Span {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 120) return { unit: "minute", count: minutes };
  if (minutes < 48 * 60) return { unit: "hour", count: Math.floor(minutes / 60) };
  return { unit: "day", count: Math.floor(minutes / (24 * 60)) };
}
