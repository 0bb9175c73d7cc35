// What the tests wait with: the end comes when nothing has moved for a while, not at a fixed time.

import { expect, it } from "vitest";
import { until } from "./kit";

const PATIENCE = 200;

it("waits for what gets on slowly, and not for what stands still or never ends", async () => {
  const begun = Date.now();
  const steps = () => Math.floor((Date.now() - begun) / (PATIENCE / 2));
  await until(() => expect(steps()).toBeGreaterThanOrEqual(8), PATIENCE);
  await expect(until(() => expect(3).toBe(4), PATIENCE)).rejects.toThrow("expected 3 to be 4");
  await expect(until(() => expect(Date.now()).toBe(0), PATIENCE, 2 * PATIENCE)).rejects.toThrow("to be +0");
});
