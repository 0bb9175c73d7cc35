// The stories' waits: the end comes when nothing has moved for a while, not at a fixed time.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./kit/people.mjs";

const PATIENCE = 400;

test("slow progress is waited for, and a standstill is not", async () => {
  const begun = Date.now();
  const steps = () => Math.min(8, Math.floor((Date.now() - begun) / (PATIENCE / 2)));
  await until(() => assert.equal(steps(), 8), PATIENCE);
  await assert.rejects(
    until(() => assert.equal(3, 4), PATIENCE),
    /3 !== 4/,
  );
  await assert.rejects(
    until(() => assert.fail(`not at ${Date.now()}`), PATIENCE, 2 * PATIENCE),
    /not at/,
  );
});
