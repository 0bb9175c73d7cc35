// The sheets of a room, of which one is open at a time, and whatever else is not needed at first sight: a chunk of its own,
// which comes after the room's.

import type { JSX } from "preact";
import type { Session } from "../client/session";
import { rooms } from "../rooms";
import { go, sheet } from "../route";
import type { RoomState } from "../store/room";
import { DetailsSheet } from "./details";
import { FindSheet } from "./find-sheet";
import { MessageSheet } from "./message-sheet";
import { PeopleSheet } from "./people";
import { QuestionsSheet } from "./questions-sheet";
import { ReportSheet } from "./report-sheet";

export { Announcements } from "./announcements";
export { attend } from "./attention";
export { Gate } from "./gate";
export { LogMenu } from "./log-menu";
export { People } from "./people";
export { Polls } from "./polls";
export { SlowLine } from "./slow-line";
export { UnsentDraft } from "./unsent-draft";

export interface SheetsProps {
  state: RoomState;
  session: Session;
  /** Whether one is in the room, and it is not over. */
  inside: boolean;
}

export function RoomSheets({ state, session, inside }: SheetsProps): JSX.Element | null {
  switch (sheet.value) {
    case "message":
      return <MessageSheet state={state} session={session} />;
    case "report":
      return inside ? <ReportSheet state={state} session={session} /> : null;
    case "find":
      return inside ? <FindSheet state={state} session={session} /> : null;
    case "questions":
      return inside ? <QuestionsSheet state={state} session={session} /> : null;
    case "people":
      return inside ? <PeopleSheet state={state} session={session} /> : null;
    case "details": {
      const leave = (): void => {
        rooms.leave(session);
        go("/");
      };
      return state.room && state.closed === null ? (
        <DetailsSheet state={state} session={session} onLeave={leave} />
      ) : null;
    }
    default:
      return null;
  }
}
