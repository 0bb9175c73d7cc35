// The end of an event: everything that was said, to keep.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { requests } from "../app";
import { save } from "../save";
import { hostWords } from "../words";

/** Downloads everything, with times as this phone shows them. */
async function download(): Promise<boolean> {
  const file = await requests.file(`export?utcOffset=${-new Date().getTimezoneOffset()}`);
  if (file) save(file, "chat.zip");
  return file !== null;
}

export function Closing(): JSX.Element {
  const say = hostWords();
  const [stage, setStage] = useState<"idle" | "busy" | "failed">("idle");
  const start = async (): Promise<void> => {
    if (stage === "busy") return;
    setStage("busy");
    setStage((await download().catch(() => false)) ? "idle" : "failed");
  };
  return (
    <section class="closing" aria-labelledby="closing">
      <h2 class="view-title" id="closing">
        {say.closing}
      </h2>
      <p class="soft">{say.exportHint}</p>
      <button type="button" class="button wide" aria-disabled={stage === "busy"} onClick={() => void start()}>
        {stage === "busy" ? say.exporting : say.exportNow}
      </button>
      <p class="problem" role="alert">
        {stage === "failed" && say.exportFailed}
      </p>
    </section>
  );
}
