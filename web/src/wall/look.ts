// The look that the address asks for with `?theme=dark` or `?theme=light`, whatever the machine prefers; and a screen that
// stays on.

const DARK = "(prefers-color-scheme: dark)";

/** Makes the dark rules of the style sheets hold always, or never. */
export function setTheme(search: string): void {
  const theme = new URLSearchParams(search).get("theme");
  if (theme !== "dark" && theme !== "light") return;
  for (const sheet of Array.from(document.styleSheets)) {
    for (const rule of Array.from(sheet.cssRules)) {
      if (rule instanceof CSSMediaRule && rule.media.mediaText.includes(DARK)) {
        rule.media.mediaText = theme === "dark" ? "all" : "not all";
      }
    }
  }
  document.documentElement.style.colorScheme = theme;
}

interface WakeLock {
  request(kind: "screen"): Promise<unknown>;
}

/** Keeps the screen on, where the browser can: it lets go whenever the page is hidden. */
export function stayAwake(): void {
  const { wakeLock } = navigator as Navigator & { wakeLock?: WakeLock };
  if (!wakeLock) return;
  const hold = (): void => {
    if (!document.hidden) wakeLock.request("screen").catch(() => {});
  };
  hold();
  document.addEventListener("visibilitychange", hold);
}
