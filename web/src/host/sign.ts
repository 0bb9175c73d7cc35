// Signatures of the host's requests (docs/host.md). WebCrypto is missing on plain HTTP, so HMAC is computed here.

import { hmac } from "@noble/hashes/hmac";
import { sha256 } from "@noble/hashes/sha2";
import type { Memory } from "../client/storage";
import type { HostKey } from "./key";

const LAST = "cola.host.last";
/** How far a number is put ahead after another tab, or a clock that was set back, had used one. */
const AHEAD = 1_000;

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const hex = (some: Uint8Array): string => Array.from(some, (byte) => byte.toString(16).padStart(2, "0")).join("");

function decoded(base64url: string): Uint8Array {
  const text = atob(base64url.replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

const encoded = (some: Uint8Array): string =>
  btoa(String.fromCharCode(...some)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

/** The `Authorization` header of a request. `path` has its query, as it is sent. */
export function authorization(
  { id, secret }: Pick<HostKey, "id" | "secret">,
  method: string,
  path: string,
  number: number,
  body: string,
): string {
  const text = `${method}\n${path}\n${number}\n${hex(sha256(bytes(body)))}`;
  return `ColaHub-Host id=${id}, seq=${number}, mac=${encoded(hmac(sha256, decoded(secret), bytes(text)))}`;
}

/** The numbers of requests: each above all before it, also of other tabs and after a reload. */
export class Numbers {
  constructor(
    private readonly memory: Memory,
    private readonly now: () => number = Date.now,
  ) {}

  /** The next one. It is kept before it is used. */
  next(isReplayed = false): number {
    const last = Number(this.memory.get(LAST)) || 0;
    const number = Math.max(this.now(), last + (isReplayed ? AHEAD : 1));
    this.memory.set(LAST, String(number));
    return number;
  }
}
