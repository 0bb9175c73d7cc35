// Parts of the attendees' page (`part.ts`): the lobby needs neither Socket.IO nor a QR code.

import { AHEAD, Part } from "./part";

/** When a page that was loaded again goes into the rooms behind the one on the screen. */
const BACK = 1_000;

export const roomPart = new Part("room", () =>
  import("./components/room").then(({ RoomView, comeBack, sheetsPart }) => {
    // A room's own, which it needs only once something is tapped.
    setTimeout(() => void sheetsPart.fetch(), AHEAD);
    // The room on the screen comes first.
    setTimeout(comeBack, BACK);
    return RoomView;
  }),
);
export const formsPart = new Part("forms", () => import("./components/forms").then((module) => module.Forms));
export const qrPart = new Part("qr", () => import("./components/qr").then((module) => module.Qr));

/** Fetches what is not here yet while nobody waits for it. */
export function fetchAhead(): void {
  setTimeout(() => void roomPart.fetch().then(() => formsPart.fetch()).then(() => qrPart.fetch()), AHEAD);
}
