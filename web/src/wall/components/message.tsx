import type { JSX } from "preact";
import { Fizz } from "../../components/icons";

/** A wall that shows nothing, and what helps. It goes on trying. */
export function Message({ lines: [first, then] }: { lines: [string, string] }): JSX.Element {
  return (
    <main class="message">
      <Fizz />
      <h1>{first}</h1>
      {then && <p>{then}</p>}
    </main>
  );
}
