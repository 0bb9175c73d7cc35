import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { words } from "../words";

/** Copies, and says so on the button itself until the text changes. */
export function Copy({ text, label }: { text: string; label: string }): JSX.Element {
  const say = words();
  const [done, setDone] = useState<{ text: string; worked: boolean } | null>(null);
  const fresh = done?.text === text ? done : null;
  return (
    <>
      <button type="button" class="button" onClick={() => void copy(text).then((worked) => setDone({ text, worked }))}>
        {fresh ? (fresh.worked ? `✓ ${say.copied}` : say.copyFailed) : label}
      </button>
      <span class="unseen" role="status">
        {fresh ? (fresh.worked ? say.copied : say.copyFailed) : ""}
      </span>
    </>
  );
}

/** The clipboard API is not there on plain http; the old way is. */
export async function copy(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Not allowed: the old way may still be.
  }
  const before = document.activeElement;
  const area = document.createElement("textarea");
  area.value = text;
  area.setAttribute("readonly", "");
  area.className = "unseen";
  (before?.parentElement ?? document.body).appendChild(area);
  area.select();
  area.setSelectionRange(0, text.length);
  const worked = document.execCommand("copy");
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  return worked;
}
