// The host's key: from the link that `colahub host add` prints to this browser's memory.

import type { Memory } from "../client/storage";
import { newKey } from "../client/key";

export interface HostKey {
  id: string;
  /** 32 bytes in base64url. */
  secret: string;
  /** The mark by which the hub tells this browser from others. */
  browser: string;
}

const KEY = "cola.host";
const BROWSER = "cola.host.browser";

/** The key in the fragment of a link, `#ID.KEY`. */
export function readLink(hash: string): Pick<HostKey, "id" | "secret"> | null {
  const found = /^#([\w-]{1,64})\.([\w-]{43})$/.exec(hash);
  return found && { id: found[1]!, secret: found[2]! };
}

/** The key that this browser keeps. */
export function keptKey(memory: Memory): HostKey | null {
  try {
    const kept = JSON.parse(memory.get(KEY) ?? "null") as Partial<HostKey> | null;
    if (typeof kept?.id !== "string" || typeof kept.secret !== "string") return null;
    return { id: kept.id, secret: kept.secret, browser: markOf(memory) };
  } catch {
    return null;
  }
}

/** Keeps the key of a link, in place of another. */
export function keepKey(memory: Memory, { id, secret }: Pick<HostKey, "id" | "secret">): HostKey {
  memory.set(KEY, JSON.stringify({ id, secret }));
  return { id, secret, browser: markOf(memory) };
}

/** Forgets the key. The mark stays, so that its link can be opened in this browser again. */
export const forgetKey = (memory: Memory): void => memory.remove(KEY);

/** The mark of this browser, drawn once. */
function markOf(memory: Memory): string {
  const kept = memory.get(BROWSER);
  if (kept !== null && /^[\w-]{1,64}$/.test(kept)) return kept;
  const drawn = newKey();
  memory.set(BROWSER, drawn);
  return drawn;
}
