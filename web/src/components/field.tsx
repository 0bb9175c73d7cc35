// One line of a form: its label, its input, what is wrong with it, and how much still fits.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { length } from "../store/text";
import { words } from "../words";

export interface FieldProps {
  id: string;
  label: string;
  value: string;
  onInput(value: string): void;
  hint?: string;
  problem?: string | null;
  limit?: number;
  type?: "text" | "password";
  class?: string;
  autofocus?: boolean;
  /** Without the line below: whoever uses it says what is wrong, in an element `{id}-problem`. */
  bare?: boolean;
  inputProps?: JSX.HTMLAttributes<HTMLInputElement> & Record<string, unknown>;
}

export function Field(props: FieldProps): JSX.Element {
  const say = words();
  const [shown, setShown] = useState(false);
  const over = props.limit !== undefined && length(props.value) > props.limit;
  const problem = props.problem ?? (over ? say.atMost(props.limit!) : null);
  const secret = props.type === "password";
  return (
    <div class={`field ${props.class ?? ""}`}>
      <label for={props.id}>{props.label}</label>
      <div class={`field-row ${secret ? "field-secret" : ""}`}>
        <input
          id={props.id}
          type={secret && !shown ? "password" : "text"}
          value={props.value}
          placeholder={props.hint ?? ""}
          autocomplete="off"
          autocapitalize={secret ? "none" : "sentences"}
          spellcheck={false}
          dir="auto"
          aria-invalid={problem ? "true" : undefined}
          aria-describedby={problem ? `${props.id}-problem` : undefined}
          data-autofocus={props.autofocus ? "" : undefined}
          onInput={(event) => props.onInput(event.currentTarget.value)}
          {...props.inputProps}
        />
        {secret && (
          <button type="button" class="field-peek" aria-pressed={shown} onClick={() => setShown(!shown)}>
            <span class="unseen">{say.showPassword}</span>
            <span aria-hidden="true">{shown ? "abc" : "•••"}</span>
          </button>
        )}
      </div>
      {!props.bare && (
        <p class="problem" id={`${props.id}-problem`} role="alert">
          {problem}
        </p>
      )}
    </div>
  );
}
