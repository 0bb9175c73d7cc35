// The view of a path. Pure; `route.ts` has the address bar.

import { readCode } from "./text";

export type Route = { view: "lobby" } | { view: "room"; code: string } | { view: "join" } | { view: "nowhere" };

export function readPath(path: string): Route {
  if (path === "/") return { view: "lobby" };
  if (path === "/join" || path === "/join/") return { view: "join" };
  const room = /^\/r\/([^/]+)\/?$/.exec(path);
  const code = room ? readCode(decoded(room[1]!)) : "";
  return code ? { view: "room", code } : { view: "nowhere" };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A percent sign that encodes nothing: `readCode` skips it.
    return text;
  }
}
