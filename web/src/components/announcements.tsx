// What the host announces, on top of a room, or of the lobby where it is for all rooms, until it is taken down: the newest, and the others behind it.

import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { pieces } from "../store/links";
import type { Announcement } from "../wire";
import type { Words } from "../words";
import { Icon } from "./icons";

export function Announcements({ all, say }: { all: readonly Announcement[]; say: Words }): JSX.Element | null {
  const [open, set] = useState(false);
  if (all.length === 0) return null;
  const shown = [...all].reverse().slice(0, open ? undefined : 1);
  return (
    <section class={`announced ${open ? "open" : ""}`} aria-label={say.announcements}>
      <Icon name="horn" />
      <div>
        {shown.map(({ id, text }) => (
          <p key={id} dir="auto">
            {pieces(text).map(({ href, text }) =>
              href ? (
                <a key={text} href={href} target="_blank" rel="noopener noreferrer" dir="ltr">
                  {text}
                </a>
              ) : (
                text
              ),
            )}
          </p>
        ))}
      </div>
      {/* A long one is cut, too; whether it is only its layout knows, so the button is always there. */}
      <button type="button" aria-expanded={open} onClick={() => set(!open)}>
        {open ? say.foldAgain : say.allAnnounced(all.length)}
      </button>
    </section>
  );
}
