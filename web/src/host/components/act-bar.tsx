// What is being done, above the tabs: the way to call it off or undo it, and why it failed.

import type { JSX } from "preact";
import { Icon } from "../../components/icons";
import { acts } from "../app";
import type { Bar } from "../acts";
import { hostWords, type All } from "../words";
import type { Denial } from "../wire";

/** The hub's refusal of an act, in the reader's language where the page knows it. */
export function why({ code, message }: Denial, say: All): string {
  return say.refusedAct[code] ?? (message || say.refusedAct.unavailable!);
}

function text({ act, stage }: Bar, say: All): string {
  switch (stage.name) {
    case "waiting":
    case "running":
      return `${act.soon}…`;
    case "done":
      return act.done;
    case "undone":
      return act.undone ?? say.calledOff;
    case "refused":
      return why(stage.denial, say);
    case "unanswered":
      return say.unanswered;
  }
}

export function ActBar(): JSX.Element {
  const say = hostWords();
  const bar = acts.bar.value;
  const stage = bar?.stage;
  const failed = stage?.name === "refused" || stage?.name === "unanswered";
  return (
    <div class={`act-bar ${bar ? "" : "act-bar-none"} ${failed ? "act-bar-failed" : ""}`}>
      <p role="status">{bar && text(bar, say)}</p>
      {stage?.name === "waiting" && (
        <button type="button" class="act-quiet" onClick={() => acts.hurry()}>
          {say.doNow}
        </button>
      )}
      {(stage?.name === "waiting" || (stage?.name === "done" && stage.canUndo)) && (
        <button type="button" onClick={() => acts.undo()}>
          {stage.name === "waiting" ? say.callOff : say.undo}
        </button>
      )}
      {failed && (
        <button type="button" onClick={() => acts.again()}>
          {say.again}
        </button>
      )}
      {failed && (
        <button type="button" class="round" aria-label={say.close} onClick={() => acts.close()}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}
