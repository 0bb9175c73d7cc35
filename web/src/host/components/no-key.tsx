// What is seen without a key that the hub takes: how to get one.

import type { JSX } from "preact";
import { Glass } from "../../components/icons";
import { forget, isBadLink, retry } from "../app";
import type { Denial } from "../wire";
import { hostWords } from "../words";

function HowTo(): JSX.Element {
  const say = hostWords();
  return (
    <>
      <p>{say.noKeyHint}</p>
      <pre class="command" translate={false}>
        {say.command}
      </pre>
      <p class="soft">{say.helperCommand}</p>
      <pre class="command" translate={false}>
        {say.command} <span>--helper</span>
      </pre>
    </>
  );
}

export function NoKey(): JSX.Element {
  const say = hostWords();
  return (
    <div class="empty">
      <Glass />
      <h2>{say.noKey}</h2>
      {isBadLink.value && <p class="problem">{say.badLink}</p>}
      <HowTo />
      <div class="empty-actions">
        <a class="button" href="/">
          {say.toLobby}
        </a>
      </div>
    </div>
  );
}

export function RefusedKey({ denial }: { denial: Denial }): JSX.Element {
  const say = hostWords();
  const [title, text] = say.refusedKey[denial.code] ?? [denial.message, ""];
  return (
    <div class="empty">
      <Glass />
      <div role="alert">
        <h2>{title}</h2>
        <p>{text}</p>
      </div>
      {denial.code !== "hosts_elsewhere" && (
        <pre class="command" translate={false}>
          {say.command}
        </pre>
      )}
      <div class="empty-actions">
        <button type="button" class="button primary" onClick={retry}>
          {say.tryAgain}
        </button>
        <button type="button" class="button" onClick={forget}>
          {say.forget}
        </button>
      </div>
    </div>
  );
}
