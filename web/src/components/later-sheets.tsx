// Where a room's sheets and all else that nobody needs at first sight will be, until their part is here. In the room's chunk, so that they can share what it has.

import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import { Part } from "../part";
import { sheet } from "../route";
import { Coming } from "./coming";
import type { SheetsProps } from "./sheets";

export const sheetsPart = new Part("sheets", () =>
  import("./sheets").then((sheets) => {
    sheets.attend();
    return sheets;
  }),
);

const OF_ROOMS = ["people", "details", "message", "find", "questions", "report"];

export function LaterSheets(props: SheetsProps): JSX.Element | null {
  const isWanted = sheet.value !== null && OF_ROOMS.includes(sheet.value);
  useEffect(() => void (isWanted && sheetsPart.fetch()), [isWanted]);
  const part = sheetsPart.loaded.value;
  if (part) return <part.RoomSheets {...props} />;
  return isWanted ? <Coming part={sheetsPart} /> : null;
}
