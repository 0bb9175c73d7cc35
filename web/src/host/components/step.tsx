import type { JSX } from "preact";

/** One of a few that exclude each other; that which is chosen does nothing. */
export function Step({ isOn, label, choose }: { isOn: boolean; label: string; choose(): void }): JSX.Element {
  return (
    <button type="button" class="step" aria-pressed={isOn} onClick={() => isOn || choose()}>
      {label}
    </button>
  );
}
