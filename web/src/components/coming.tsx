import type { JSX } from "preact";
import type { Part } from "../part";
import { words } from "../words";
import { Sheet } from "./sheet";

/** A sheet that was asked for before its part was here. */
export function Coming({ part }: { part: Part<unknown> }): JSX.Element {
  const say = words();
  return (
    <Sheet title={say.moment} class="small">
      <p class="soft" role="status">
        {part.isLate.value ? say.hubLost : ""}
      </p>
    </Sheet>
  );
}
