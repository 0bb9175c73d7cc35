// A phone's keyboard covers the page instead of making it smaller (iOS always, others sometimes).
// The page then takes the height that can still be seen, so the composer stands on the keyboard.

export function followKeyboard(): void {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = (): void => {
    // Zoomed in with two fingers: leave the page alone, or it would shrink under the fingers.
    if (seen.scale > 1.01) return;
    const root = document.documentElement;
    const covered = window.innerHeight - seen.height > 1;
    root.style.setProperty("--app-height", covered ? `${seen.height}px` : "100%");
    root.style.setProperty("--app-top", covered ? `${seen.offsetTop}px` : "0px");
  };
  seen.addEventListener("resize", fit);
  seen.addEventListener("scroll", fit);
}
