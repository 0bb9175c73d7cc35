import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, hint } from "../app";
import { go } from "../route";
import { readCode } from "../store/text";
import { formWords } from "../words.forms";
import { Field } from "./field";
import { Sheet } from "./sheet";

export function CodeSheet(): JSX.Element {
  const say = formWords();
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    const code = readCode(typed);
    if (!code) return setProblem(say.codeMissing);
    if (busy) return;
    setBusy(true);
    try {
      const answer = await api.roomByCode(code);
      if (answer.ok) {
        hint.room = answer.data;
        return go(`/r/${answer.data.code}`);
      }
      const { code: why } = answer.refusal;
      setProblem(why === "no_such_room" || why === "bad_request" ? say.codeUnknown : say.refused[why].join(". "));
    } catch {
      setProblem(say.hubLost);
    }
    setBusy(false);
  };

  return (
    <Sheet title={say.openByCode} class="small">
      <form onSubmit={(event) => void submit(event)} noValidate>
        <p class="soft">{say.codeExplain}</p>
        <Field
          id="code"
          label={say.code}
          hint={say.codeHint}
          value={typed}
          onInput={(value) => {
            setTyped(value);
            setProblem(null);
          }}
          problem={problem}
          class="code-field"
          autofocus
          inputProps={{ autocapitalize: "characters", inputMode: "text", enterkeyhint: "go", dir: "ltr" }}
        />
        <button type="submit" class="button primary wide" aria-disabled={busy}>
          {say.enter}
        </button>
      </form>
    </Sheet>
  );
}
