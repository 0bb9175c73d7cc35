// The hub's own time, in which everything counts that lasts for a time: it goes on from where the last run has left it.

import { execFileSync } from "node:child_process";
import { join } from "node:path";

// The same as the hub reads when it starts.
const SET_FORWARD = `
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as db:
    [(now,)] = db.execute("""SELECT max(coalesce((SELECT value FROM meta WHERE key = 'hub_time'), 0),
        coalesce((SELECT max(sent_hub) FROM messages), 0), coalesce((SELECT max(created_hub) FROM rooms), 0))""")
    db.execute("INSERT OR REPLACE INTO meta VALUES ('hub_time', ?)", [now + int(sys.argv[2]) * 1000])
`;

/** Stops the hub and starts it again as if these seconds had passed meanwhile. */
export async function timePasses(hub, seconds) {
  await hub.stop();
  execFileSync("python3", ["-c", SET_FORWARD, join(hub.data, "hub.sqlite3"), String(seconds)]);
  await hub.start();
}
