// Everything that is one tap behind: from below on a phone, a card in the middle elsewhere.
//
// Not <dialog>: Safari 13 and Firefox 78 have none. So focus is kept inside by hand.

import type { ComponentChildren, JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { closeSheet } from "../route";
import { words } from "../words";
import { Icon } from "./icons";

const FOCUSABLE = "a[href],button:not([disabled]),input:not([disabled]),textarea,[tabindex='0']";

export function Sheet(props: { title: string; class?: string; children: ComponentChildren }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);

  // Before anything is painted: the very next key belongs to the sheet.
  useLayoutEffect(() => {
    const wanted = box.current!.querySelector<HTMLElement>("[data-autofocus]") ?? box.current!;
    wanted.focus();
    // What has the focus may go, and the focus with it: then it is the page that hears the keys.
    const astray = (event: KeyboardEvent): void => void (event.target === document.body && keys(event));
    document.addEventListener("keydown", astray);
    return () => document.removeEventListener("keydown", astray);
  }, []);

  const keys = (event: KeyboardEvent): void => {
    if (event.key === "Escape") {
      event.stopPropagation();
      // While an input method composes, Escape belongs to it.
      if (!event.isComposing) closeSheet();
    }
    if (event.key !== "Tab") return;
    const stops = [...box.current!.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
      (stop) => stop.offsetParent !== null,
    );
    const first = stops[0];
    const last = stops[stops.length - 1];
    const here = document.activeElement;
    const isAstray = !box.current!.contains(here);
    if (event.shiftKey && (here === first || here === box.current || isAstray)) {
      event.preventDefault();
      last?.focus();
    } else if (!event.shiftKey && (here === last || isAstray)) {
      event.preventDefault();
      first?.focus();
    }
  };

  return (
    <div class="sheet-layer" onKeyDown={keys}>
      <div class="sheet-back" onClick={closeSheet} />
      <div
        ref={box}
        class={`sheet ${props.class ?? ""}`}
        role="dialog"
        aria-modal="true"
        aria-labelledby="sheet-title"
        tabIndex={-1}
      >
        <div class="sheet-head">
          <h2 id="sheet-title">{props.title}</h2>
          <button type="button" class="round" aria-label={words().close} onClick={closeSheet}>
            <Icon name="close" />
          </button>
        </div>
        <div class="sheet-body">{props.children}</div>
      </div>
    </div>
  );
}
