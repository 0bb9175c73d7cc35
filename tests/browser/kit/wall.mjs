// A wall on a projector: what is on it, frame by frame.

export const HD = { width: 1920, height: 1080 };

/**
 * From now on, in every page of this person: each text that was ever in the list, each frame without any, and the longest
 * time without any in ms.
 */
export async function watchFrames({ context }) {
  await context.addInitScript(() => {
    const seen = { texts: new Set(), blank: 0, longestBlank: 0, frames: 0, begun: false };
    window.seen = seen;
    let shownAt = 0;
    const look = () => {
      const rows = [...document.querySelectorAll(".said .text")];
      for (const row of rows) seen.texts.add(row.textContent);
      seen.begun ||= rows.length > 0;
      if (rows.length > 0) shownAt = performance.now();
      if (!seen.begun || rows.length > 0) return;
      seen.blank += 1;
      seen.longestBlank = Math.max(seen.longestBlank, performance.now() - shownAt);
    };
    // Before anything is drawn, too.
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
    const frame = () => {
      seen.frames += 1;
      look();
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  });
}

export const seenBy = ({ page }) =>
  page.evaluate(() => ({ ...window.seen, texts: [...window.seen.texts] }));

/** What is on the wall, the oldest first. */
export const onWall = async ({ page }) => (await page.locator(".said .text").allTextContents()).reverse();

/** Waits until this is on the wall. */
export const showsOnWall = ({ page }, text) => page.locator(".said .text", { hasText: text }).first().waitFor();

/** Waits until no message on the wall has this. */
export const leavesWall = ({ page }, text) =>
  page.locator(".said .text", { hasText: text }).first().waitFor({ state: "detached" });

/** Sets the wall of a room, and returns it. */
export const setsWall = async (hub, room, ...args) =>
  JSON.parse(await hub.host("wall", "set", room.code, "--json", ...args));
