// The page is never shown without its style sheet.

const PAUSE = 500;
const PAUSE_MOST = 30_000;

/** Waits for the page's style sheet, and asks for it again where it could not be fetched: the page is not shown half. */
export function whenStyled(show: () => void, pause = PAUSE): void {
  const link = document.querySelector<HTMLLinkElement>("link[rel=stylesheet]");
  // A script runs only when the style sheets before it came or failed. A failed one leaves an empty sheet in some browsers.
  const isHere = getComputedStyle(document.documentElement).getPropertyValue("--paper") !== "";
  if (!link || isHere) return show();
  setTimeout(() => {
    const again = link.cloneNode() as HTMLLinkElement;
    again.onload = show;
    again.onerror = () => whenStyled(show, Math.min(2 * pause, PAUSE_MOST));
    link.replaceWith(again);
  }, pause);
}
