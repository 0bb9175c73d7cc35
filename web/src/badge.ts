// How much is new: in the tab's title, and on its icon.

/** From here on the icon says "9+". */
const MOST = 10;

/** The tab's title with how much is new. */
export const titled = (title: string, count: number): string => (count > 0 ? `(${count}) ${title}` : title);

/** The address of the icon that says how much is new; `icon` is the one that is shown now (`vite.config.ts` makes them). */
export const badged = (icon: string, count: number): string =>
  icon.replace(/(mark(?:-[\w-]{8})?)(?:-\d+)?\.svg$/, count > 0 ? `$1-${Math.min(count, MOST)}.svg` : "$1.svg");

export function showNew(title: string, count: number): void {
  document.title = titled(title, count);
  const link = document.querySelector<HTMLLinkElement>("link[rel=icon]");
  const href = link && badged(link.href, count);
  if (link && link.href !== href) link.href = href!;
}
