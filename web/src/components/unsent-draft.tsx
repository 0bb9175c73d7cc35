import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Session } from "../client/session";
import { words } from "../words";
import { Copy } from "./copy";

/** Where the composer was, in a room that takes no more messages: what was half written, to copy. */
export function UnsentDraft({ session }: { session: Session }): JSX.Element | null {
  const say = words();
  const [text] = useState(() => session.draft);
  if (text.trim() === "") return null;
  return (
    <section class="unsent-draft" aria-label={say.notSentYet}>
      <p class="soft">{say.notSentYet}</p>
      <p class="unsent-draft-text" dir="auto" tabIndex={0}>
        {text}
      </p>
      <Copy text={text} label={say.copyText} />
    </section>
  );
}
