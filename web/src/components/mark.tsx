import type { JSX } from "preact";
import type { Mark as Face } from "../store/marks";

/** A person's face here. Its emoji is left for screen readers too: it tells two of one name apart. */
export function Mark({ of: { emoji, tint } }: { of: Face }): JSX.Element {
  return <span class={`mark tint-${tint}`}>{emoji}</span>;
}
