// How others get in: addresses to share, and what a QR code for a Wi-Fi says.

import type { Wifi } from "../wire";

/**
 * The addresses to share, the best first: the numeric one that this page was opened with, then the
 * hub's others. A `.local` name is for people to read: many phones cannot follow it from a QR code.
 */
export function addresses(known: string[], origin: string): string[] {
  const tidy = known.map((address) => address.replace(/\/+$/, ""));
  const best = tidy.filter((address) => address === origin);
  const all = [...new Set([...best, ...tidy])];
  return all.length > 0 ? all : [origin];
}

/** The name to read out and type: with the port, where the address needs one. */
export function localName(name: string, address: string): string {
  const port = /:(\d+)$/.exec(address)?.[1];
  return `${name.includes(".") ? name : `${name}.local`}${port && port !== "80" ? `:${port}` : ""}`;
}

/** As Android's and iOS's cameras read it. The five characters with a meaning are escaped. */
export function wifiText({ ssid, password, security }: Wifi): string {
  const escape = (text: string): string => text.replace(/([\\;,":])/g, "\\$1");
  const kind = /^(none|open|nopass)?$/i.test(security) ? "nopass" : /wep/i.test(security) ? "WEP" : "WPA";
  const secret = kind === "nopass" ? "" : `P:${escape(password)};`;
  return `WIFI:T:${kind};S:${escape(ssid)};${secret};`;
}
