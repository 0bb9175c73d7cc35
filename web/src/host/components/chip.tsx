import type { JSX } from "preact";

/** One of several choices that exclude each other. */
export function Chip(props: { name: string; label: string; isOn: boolean; choose(): void }): JSX.Element {
  return (
    <label class="chip">
      <input type="radio" name={props.name} checked={props.isOn} onChange={props.choose} />
      <span>{props.label}</span>
    </label>
  );
}
