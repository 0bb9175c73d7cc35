// Messages as a list, the newest first. A tap on one opens what can be done about it.

import type { JSX } from "preact";
import { effect } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { Mark } from "../../components/mark";
import { pressed } from "../../components/still";
import { daysBetween } from "../../store/clock";
import { HOST, mark } from "../../store/marks";
import { acts, openAbout } from "../app";
import { messageKey } from "../deeds";
import type { Said } from "../wire";
import { hostWords } from "../words";

/** What is nearer to the top than this is at the top, in pixels. */
const TOP = 4;

export function SaidList({ messages, withRoom }: { messages: readonly Said[]; withRoom: boolean }): JSX.Element {
  const say = hostWords();
  const list = useRef<HTMLDivElement>(null);
  const { shown, fresh, release } = useHeld(messages, list);
  return (
    <div ref={list} class="said">
      {fresh > 0 && (
        <button type="button" class="button said-fresh" onClick={release}>
          {say.fresh(fresh)}
        </button>
      )}
      {shown.length === 0 && <p class="soft">{say.nothingSaid}</p>}
      <ul>
        {shown.map((message) => (
          <li key={message.id}>{message.isNotice ? <Notice message={message} /> : <Line message={message} withRoom={withRoom} />}</li>
        ))}
      </ul>
    </div>
  );
}

/**
 * The messages as they stand on the screen. Nothing moves under a thumb: while the list is scrolled away from its top, or
 * a finger is down, what is new is only counted. What is taken back is shown at once.
 */
function useHeld(
  messages: readonly Said[],
  list: { current: HTMLElement | null },
): { shown: readonly Said[]; fresh: number; release(): void } {
  const [heldAt, setHeldAt] = useState<number | null>(null);
  const newest = messages[0]?.id ?? 0;
  const now = useRef(newest);
  now.current = newest;
  useEffect(() => {
    const scroller = list.current!.closest<HTMLElement>(".host-main")!;
    const isAway = (): boolean => list.current!.getBoundingClientRect().top < scroller.getBoundingClientRect().top - TOP;
    const judge = (isDown: boolean): void => setHeldAt((held) => (isDown || isAway() ? (held ?? now.current) : null));
    const scrolled = (): void => judge(pressed.peek());
    scroller.addEventListener("scroll", scrolled);
    const stop = effect(() => judge(pressed.value));
    return () => {
      scroller.removeEventListener("scroll", scrolled);
      stop();
    };
  }, []);
  const shown = heldAt === null ? messages : messages.filter((one) => one.id <= heldAt);
  const release = (): void => {
    setHeldAt(null);
    list.current!.scrollIntoView();
  };
  return { shown, fresh: messages.length - shown.length, release };
}

function Line({ message, withRoom }: { message: Said; withRoom: boolean }): JSX.Element {
  const say = hostWords();
  const { chatter, nickname, content, takenBack, title, at } = message;
  const face = mark({ id: chatter, nickname });
  const isUnderWay = acts.concerns(messageKey(message));
  return (
    <button
      type="button"
      class={`line ${isUnderWay ? "line-going" : ""}`}
      aria-haspopup="dialog"
      onClick={() => openAbout({ kind: "message", message })}
    >
      <Mark of={face} />
      <span class="line-body">
        <span class="line-head">
          <bdi class={`who tint-${face.tint}`}>{nickname}</bdi>
          {chatter === HOST && <b class="line-host">{say.theHost}</b>}
          {withRoom && <bdi class="line-room">{title}</bdi>}
          <time>{clock(at, say.locale)}</time>
        </span>
        <span class={`line-text ${takenBack ? "line-taken" : ""}`} dir="auto">
          {takenBack ? say.takenBack : content}
        </span>
      </span>
    </button>
  );
}

/** Comings and goings, in one line that does nothing. */
function Notice({ message: { content, at } }: { message: Said }): JSX.Element {
  const say = hostWords();
  return (
    <p class="line-notice">
      <span dir="auto">{content || say.notice}</span> <time>{clock(at, say.locale)}</time>
    </p>
  );
}

/** The time by the hub's clock, in the reader's zone; with the day, unless that is today. */
export function clock(at: string, locale: string): string {
  const time = Date.parse(at);
  if (Number.isNaN(time)) return "";
  const day = daysBetween(time, Date.now()) === 0 ? {} : ({ month: "numeric", day: "numeric" } as const);
  return new Intl.DateTimeFormat(locale, { ...day, hour: "2-digit", minute: "2-digit", hour12: false }).format(time);
}
