import type { JSX } from "preact";
import { follow } from "../route";
import { mayTalk, type RoomState } from "../store/room";
import { words } from "../words";
import { Glass } from "./icons";

/** A room in which nothing has been said, or nothing since one came: what one can do about that, if anything. */
export function Quiet({ state, since }: { state: RoomState; since: "room" | "came" }): JSX.Element {
  const say = words();
  return (
    <div class="empty">
      <Glass />
      {mayTalk(state) ? (
        <>
          <h2>{since === "came" ? say.fromNow : say.quiet}</h2>
          <p>{since === "came" ? say.fromNowHint : say.quietHint}</p>
        </>
      ) : (
        <>
          <h2>{since === "came" ? say.nothingSaidSince : say.nothingSaid}</h2>
          <div class="empty-actions">
            <a class="button" href="/" onClick={follow}>
              {say.toLobby}
            </a>
          </div>
        </>
      )}
    </div>
  );
}
