import type { JSX } from "preact";
import { mark } from "../store/marks";

/** A person's face here. Its emoji is left for screen readers too: it tells two of one name apart. */
export function Mark({ id }: { id: string }): JSX.Element {
  const { emoji, tint } = mark(id);
  return <span class={`mark tint-${tint}`}>{emoji}</span>;
}
