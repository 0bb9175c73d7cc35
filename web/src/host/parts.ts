// Parts of the host's page (`../part.ts`): at first sight it needs none of what a tap opens.

import { AHEAD, Part } from "../part";

export const aboutPart = new Part("about-sheet", () => import("./components/about-sheet").then((module) => module.AboutSheet));
export const qrPart = new Part("qr", () => import("../components/qr").then((module) => module.Qr));

/** Fetches what is not here yet while nobody waits for it. */
export function fetchAhead(): void {
  setTimeout(() => void aboutPart.fetch().then(() => qrPart.fetch()), AHEAD);
}
