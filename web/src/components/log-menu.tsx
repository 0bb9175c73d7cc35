// The ways to a message's menu: a long press, the small button beside the message that is pointed at, and keys.
//
// There is one button for all messages, outside the log: a screen reader would read one in each of them aloud as they
// arrive. With the keyboard it stands at the newest message in view, and the arrows move it.

import type { JSX, RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { sheetWords } from "../words.sheets";
import { Icon } from "./icons";
import { openMessage } from "./open-message";

const LONG_PRESS = 500;
/** How far a finger may stray that presses, in pixels. */
const STRAY = 10;
const SIZE = 44;
const EXCERPT = 60;

const seqOf = (row: HTMLElement): number => Number(row.dataset.seq);

const rowAt = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>(".msg[data-seq]") : null;

const rowsIn = (log: HTMLElement): HTMLElement[] => Array.from(log.querySelectorAll<HTMLElement>(".msg[data-seq]"));

/** The newest message in view. */
function newest(log: HTMLElement): HTMLElement | undefined {
  const edge = log.getBoundingClientRect().bottom;
  return rowsIn(log)
    .reverse()
    .find((row) => row.getBoundingClientRect().top < edge - SIZE / 2);
}

interface Props {
  log: RefObject<HTMLDivElement>;
  /** Who said what has this seq. */
  author(seq: number): string;
}

export function LogMenu({ log, author }: Props): JSX.Element {
  const say = sheetWords();
  const [row, setRow] = useState<HTMLElement | null>(null);
  /** What the arrows led to, for those who hear it. */
  const [heard, setHeard] = useState("");
  const button = useRef<HTMLButtonElement>(null);
  useLongPress(log);

  usePointer(log, button, row, setRow);

  useLayoutEffect(() => {
    if (row?.isConnected) return place(button.current!, row);
    // Hidden, or out of the window of messages.
    if (row) setRow((document.activeElement === button.current && newest(log.current!)) || null);
  });

  const keys = (event: KeyboardEvent): void => {
    if (isMenuKey(event)) {
      event.preventDefault();
      if (row) openMessage(seqOf(row));
    }
    const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
    const all = rowsIn(log.current!);
    const next = by && row ? all[all.indexOf(row) + by] : undefined;
    if (by) event.preventDefault();
    if (!next) return;
    next.scrollIntoView({ block: "nearest" });
    setRow(next);
    setHeard(label(next));
  };

  const label = (one: HTMLElement): string =>
    say.menuOf(author(seqOf(one)), (one.querySelector(".bubble")?.textContent ?? "").slice(0, EXCERPT));
  return (
    <>
      <button
        ref={button}
        type="button"
        class={`log-menu round ${row ? "log-menu-here" : ""}`}
        aria-haspopup="dialog"
        aria-label={row ? label(row) : say.messageMenu}
        onFocus={() => row ?? setRow(newest(log.current!) ?? null)}
        onBlur={() => setRow(null)}
        onPointerLeave={(event) => document.activeElement === event.currentTarget || setRow(rowAt(event.relatedTarget))}
        onKeyDown={keys}
        onClick={() => row && openMessage(seqOf(row))}
      >
        <Icon name="more" />
      </button>
      <p class="unseen" role="status">
        {heard}
      </p>
    </>
  );
}

/** Which message is pointed at; and the key that asks for its menu, anywhere in the log. */
function usePointer(
  log: RefObject<HTMLDivElement>,
  button: RefObject<HTMLButtonElement>,
  row: HTMLElement | null,
  setRow: (row: HTMLElement | null) => void,
): void {
  useEffect(() => {
    const scroller = log.current!;
    const point = (event: PointerEvent): void => {
      if (event.pointerType === "mouse") setRow(rowAt(event.target));
    };
    const leave = ({ relatedTarget }: PointerEvent): void => {
      if (!button.current!.contains(relatedTarget as Node | null)) setRow(null);
    };
    // Under the pointer there is another message now; a button that has the focus goes along.
    const scrolled = (): void => (document.activeElement === button.current ? place(button.current!, row) : setRow(null));
    // A hidden button that stayed where it was would be wider than a window that is narrower now.
    const resized = (): void => {
      button.current!.style.left = "0";
      scrolled();
    };
    const keys = (event: KeyboardEvent): void => {
      if (!isMenuKey(event)) return;
      event.preventDefault();
      const wanted = rowAt(event.target) ?? newest(scroller);
      if (wanted) openMessage(seqOf(wanted));
    };
    scroller.addEventListener("pointerover", point);
    scroller.addEventListener("pointerleave", leave);
    scroller.addEventListener("scroll", scrolled);
    scroller.addEventListener("keydown", keys);
    addEventListener("resize", resized);
    return () => {
      scroller.removeEventListener("pointerover", point);
      scroller.removeEventListener("pointerleave", leave);
      scroller.removeEventListener("scroll", scrolled);
      scroller.removeEventListener("keydown", keys);
      removeEventListener("resize", resized);
    };
  }, [row]);
}

const isMenuKey = (event: KeyboardEvent): boolean =>
  event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey);

/** Beside the bubble, within the log's frame. */
function place(button: HTMLElement, row: HTMLElement | null): void {
  if (!row) return;
  const frame = button.parentElement!.getBoundingClientRect();
  const boxes = Array.from(row.querySelectorAll(".bubble, time"), (part) => part.getBoundingClientRect());
  const isMine = row.matches(".mine");
  const left = isMine ? Math.min(...boxes.map((box) => box.left)) - SIZE : Math.max(...boxes.map((box) => box.right));
  const within = (value: number, most: number): number => Math.max(0, Math.min(value, most - SIZE));
  const x = within(left - frame.left, frame.width);
  // Where the time leaves no place beside it, above the time.
  const top = x === left - frame.left ? boxes[0]!.bottom - SIZE : boxes[0]!.top;
  button.style.left = `${x}px`;
  button.style.top = `${within(top - frame.top, frame.height)}px`;
}

/** A finger that stays opens a menu: Android says so, iOS has to be watched. Links keep the browser's own. */
function useLongPress(log: RefObject<HTMLDivElement>): void {
  useEffect(() => {
    const scroller = log.current!;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let from: Touch | null = null;
    let opened = false;
    const end = (): void => {
      clearTimeout(timer);
      from = null;
    };
    const open = (target: EventTarget | null): void => {
      const row = rowAt(target);
      end();
      if (row && !opened) openMessage(seqOf(row));
      opened = true;
    };
    const start = ({ touches, target }: TouchEvent): void => {
      end();
      opened = false;
      if (touches.length > 1 || !rowAt(target) || (target as Element).closest("a, button")) return;
      from = touches[0]!;
      timer = setTimeout(() => open(target), LONG_PRESS);
    };
    const move = ({ touches }: TouchEvent): void => {
      const touch = touches[0];
      if (from && touch && Math.hypot(touch.clientX - from.clientX, touch.clientY - from.clientY) > STRAY) end();
    };
    const lift = (event: TouchEvent): void => {
      end();
      // Not a tap on what is there now.
      if (opened) event.preventDefault();
      setTimeout(() => (opened = false));
    };
    const menu = (event: MouseEvent): void => {
      if (!from && !opened) return;
      event.preventDefault();
      open(event.target);
    };
    const all = { touchstart: start, touchmove: move, touchend: lift, touchcancel: end, scroll: end, contextmenu: menu };
    for (const [name, hear] of Object.entries(all)) {
      scroller.addEventListener(name, hear as EventListener, { passive: name !== "touchend" && name !== "contextmenu" });
    }
    return () => {
      for (const [name, hear] of Object.entries(all)) scroller.removeEventListener(name, hear as EventListener);
    };
  }, []);
}
