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

/** The key in the fragment of a link, `#ID.KEY`. */
export function readLink(hash: string): Pick<HostKey, "id" | "secret"> | null {
  const found = /^#([\w-]{1,64})\.([\w-]{43})$/.exec(hash);
  return found && { id: found[1]!, secret: found[2]! };
}

/** The key that this browser keeps. */
export function keptKey(memory: Memory): HostKey | null {
  try {
    const kept = JSON.parse(memory.get(KEY) ?? "null") as Partial<HostKey> | null;
    if (typeof kept?.id !== "string" || typeof kept.secret !== "string" || typeof kept.browser !== "string") return null;
    return { id: kept.id, secret: kept.secret, browser: kept.browser };
  } catch {
    return null;
  }
}

/** Keeps the key of a link. One that is opened again keeps its mark: to the hub it is the same browser. */
export function keepKey(memory: Memory, link: Pick<HostKey, "id" | "secret">): HostKey {
  const before = keptKey(memory);
  const key = { ...link, browser: before?.id === link.id ? before.browser : newKey() };
  memory.set(KEY, JSON.stringify(key));
  return key;
}

export const forgetKey = (memory: Memory): void => memory.remove(KEY);
