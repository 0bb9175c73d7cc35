import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { limits } from "../app";
import type { Phase } from "../store/room";
import { words } from "../words";
import { Field } from "./field";
import { Icon } from "./icons";

type Locked = Extract<Phase, { name: "locked" }>;

/** The door of a room with a password. */
export function Gate(props: { phase: Locked; onUnlock(password: string): void }): JSX.Element {
  const say = words();
  const { problem, retryAfter } = props.phase;
  const [password, setPassword] = useState("");
  const [edited, setEdited] = useState(false);

  let wrong: string | null = null;
  if (problem && !edited) {
    wrong = say.refused[problem].join(". ").replace("..", ".");
    if (retryAfter) wrong = `${say.refused[problem][0]}. ${say.waitSeconds(Math.ceil(retryAfter))}`;
  }
  const submit = (event: Event): void => {
    event.preventDefault();
    if (!password) return;
    setEdited(false);
    props.onUnlock(password);
  };
  return (
    <div class="empty">
      <form class="gate" onSubmit={submit} noValidate>
        <span class="gate-lock">
          <Icon name="lock" />
        </span>
        <h2>{say.passwordWanted}</h2>
        <Field
          id="gate-password"
          type="password"
          label={say.password}
          value={password}
          onInput={(value) => {
            setPassword(value);
            setEdited(true);
          }}
          limit={limits().password}
          problem={wrong}
          inputProps={{ autocomplete: "current-password", enterkeyhint: "go" }}
        />
        <button type="submit" class="button primary wide">
          {say.enter}
        </button>
      </form>
    </div>
  );
}
