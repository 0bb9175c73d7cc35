// The conversation, through a window: of ten thousand messages some 160 are in the page.
//
// The window moves in steps when one scrolls near its edge. Every change of the rows, whatever its
// reason, goes through one rule (`getSnapshotBeforeUpdate`, `componentDidUpdate`): who was at the
// bottom stays at the bottom, and for everybody else the row they look at stays where it is.
// Browsers' own scroll anchoring is off (Safari has none), so that there is one such rule, not two.

import { Component, createRef, type JSX } from "preact";
import type { Session } from "../client/session";
import { nicknameOf, type RoomState } from "../store/room";
import { countNew, rows, type Row } from "../store/rows";
import type { Message } from "../wire";
import type { Words } from "../words";
import { Icon } from "./icons";
import { LogTop } from "./log-top";
import { MessageRow } from "./message";
import { DayLine, Notice } from "./notice";
import { Quiet } from "./states";

const OPENING = 60;
const STEP = 50;
const MOST = 160;
const NEAR = 600;
const AT_BOTTOM = 48;

interface Props {
  state: RoomState;
  session: Session;
  say: Words;
}

interface Window {
  /** Seq of the first message in the page; `null` before there is one. */
  first: number | null;
  /** Seq of the last one, or `null`: to the end, whatever comes. */
  last: number | null;
  atBottom: boolean;
  /** The newest seq when the bottom was last seen, for counting what is new below. */
  seen: number;
}

interface Anchor {
  row: Element | null;
  top: number;
  wasAtBottom: boolean;
}

export class LogView extends Component<Props, Window> {
  override state: Window = { first: null, last: null, atBottom: true, seen: 0 };
  private readonly scroller = createRef<HTMLDivElement>();
  private resized: { disconnect(): void } | null = null;
  private opened = false;
  private freshFrom = Infinity;
  private height = 0;
  /** Where the scroller was last known to be. */
  private top = 0;

  static override getDerivedStateFromProps({ state }: Props, window: Window): Partial<Window> | null {
    const { messages, upTo } = state.log;
    if (upTo === null || messages.length === 0) return null;
    if (window.first === null || window.first > messages[messages.length - 1]!.seq) {
      return { first: messages[Math.max(0, messages.length - OPENING)]!.seq, last: null, seen: upTo };
    }
    const start = indexOf(messages, window.first);
    const length = messages.length - start;
    if (window.last === null && length > MOST + STEP) {
      // At the bottom the oldest rows go; higher up, what comes in stays out of the page.
      return window.atBottom
        ? { first: messages[messages.length - MOST]!.seq }
        : { last: messages[start + MOST - 1]!.seq };
    }
    return null;
  }

  override componentDidMount(): void {
    const scroller = this.scroller.current!;
    const keep = (): void => {
      // The keyboard came, the composer grew: the newest message stays in sight.
      if (this.state.atBottom && scroller.clientHeight !== this.height) this.toBottom();
      this.height = scroller.clientHeight;
    };
    if (window.ResizeObserver) {
      const observer = new ResizeObserver(keep);
      observer.observe(scroller);
      this.resized = observer;
    } else {
      addEventListener("resize", keep);
      this.resized = { disconnect: () => removeEventListener("resize", keep) };
    }
    this.open();
  }

  override componentWillUnmount(): void {
    this.resized?.disconnect();
  }

  override getSnapshotBeforeUpdate(): Anchor {
    const scroller = this.scroller.current!;
    const edge = scroller.getBoundingClientRect().top;
    let row: Element | null = null;
    for (const child of Array.from(scroller.querySelectorAll("[data-seq],[data-key]"))) {
      if (child.getBoundingClientRect().bottom > edge) {
        row = child;
        break;
      }
    }
    // A finger may have moved since the last scroll event; it is not to be pulled back.
    const movedUp = scroller.scrollTop < this.top - 2 && this.below() >= AT_BOTTOM;
    return { row, top: row ? row.getBoundingClientRect().top : 0, wasAtBottom: this.state.atBottom && !movedUp };
  }

  override componentDidUpdate(before: Props, _window: Window, anchor: Anchor): void {
    const scroller = this.scroller.current!;
    if (!this.opened) return this.open();
    const wrote = this.props.state.outbox.length > before.state.outbox.length;
    if (wrote && this.state.last !== null) return this.jump();
    if (wrote || (anchor.wasAtBottom && this.state.atBottom && this.state.last === null && !document.hidden)) {
      this.toBottom();
    } else if (anchor.row?.isConnected) {
      const moved = anchor.row.getBoundingClientRect().top - anchor.top;
      if (moved !== 0) scroller.scrollTop += moved;
    }
    this.settle();
    // An older page came: it enters the window if its edge is still near.
    if (before.state.log.from !== this.props.state.log.from) this.onScroll();
  }

  /** The first sight of a room: at the line where new begins, or else at the bottom. */
  private open(): void {
    const { log } = this.props.state;
    if (log.upTo === null) return;
    this.opened = true;
    this.freshFrom = log.upTo;
    const scroller = this.scroller.current!;
    const line = scroller.querySelector(".new-line");
    this.toBottom();
    if (line) {
      const above = line.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 72;
      if (above < 0) scroller.scrollTop += above;
    }
    this.onScroll();
  }

  private toBottom(): void {
    const scroller = this.scroller.current!;
    scroller.scrollTop = scroller.scrollHeight;
    this.top = scroller.scrollTop;
  }

  private below(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller.current!;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** To the newest message, wherever the window was. */
  private jump = (): void => {
    const { messages } = this.props.state.log;
    const first = messages[Math.max(0, messages.length - OPENING)]?.seq ?? null;
    this.setState({ first, last: null, atBottom: true, seen: this.props.state.log.upTo ?? 0 }, () => {
      this.toBottom();
      this.settle();
    });
  };

  private onScroll = (): void => {
    const { log } = this.props.state;
    const scroller = this.scroller.current!;
    if (!this.opened || log.messages.length === 0) return;
    const below = this.below();
    this.top = scroller.scrollTop;
    const { first, last } = this.state;
    const atBottom = below < AT_BOTTOM && last === null;
    if (atBottom !== this.state.atBottom) this.setState({ atBottom, seen: log.upTo ?? 0 });
    this.settle();

    const start = indexOf(log.messages, first ?? 0);
    if (scroller.scrollTop < NEAR) {
      if (start > 0) this.moveUp(start);
      else if (log.from > log.firstSeq && this.props.state.older === "idle") void this.props.session.older();
    } else if (below < NEAR && last !== null) {
      this.moveDown(start, indexOf(log.messages, last));
    }
  };

  private moveUp(start: number): void {
    const { messages } = this.props.state.log;
    const first = Math.max(0, start - STEP);
    const end = first + MOST;
    this.setState({ first: messages[first]!.seq, ...(end < messages.length ? { last: messages[end - 1]!.seq } : {}) });
  }

  private moveDown(start: number, end: number): void {
    const { messages } = this.props.state.log;
    const last = Math.min(messages.length - 1, end + STEP);
    const first = Math.max(start, last - MOST + 1);
    this.setState({ first: messages[first]!.seq, last: last === messages.length - 1 ? null : messages[last]!.seq });
  }

  /** At the bottom and looked at: all of it has been read. */
  private settle(): void {
    const { upTo } = this.props.state.log;
    if (!this.state.atBottom || document.hidden || upTo === null) return;
    if (this.state.seen !== upTo) this.setState({ seen: upTo });
    this.props.session.read();
  }

  override render({ state, session, say }: Props, { first, last, atBottom, seen }: Window): JSX.Element {
    const { log, me } = state;
    const start = first === null ? 0 : indexOf(log.messages, first);
    const end = last === null ? log.messages.length : indexOf(log.messages, last) + 1;
    const started = log.upTo !== null;
    const made = started
      ? rows({
          messages: log.messages,
          start,
          end,
          me: me?.id ?? null,
          outbox: state.outbox,
          settled: state.settled,
          echoed: state.echoed,
          unreadFrom: state.unreadFrom !== null && state.unreadFrom >= log.from ? state.unreadFrom : null,
          clockOffset: state.clockOffset,
        })
      : [];
    const unseen = atBottom ? 0 : countNew(log.messages, seen, me?.id ?? null);
    const quiet = started && start === 0 && !made.some((row) => row.kind === "said" || row.kind === "outgoing");
    return (
      <div class="log-frame">
        <div
          ref={this.scroller}
          class="log"
          role="log"
          aria-label={say.log}
          aria-live={atBottom ? "polite" : "off"}
          aria-relevant="additions"
          aria-busy={state.older === "loading" || !started}
          tabIndex={0}
          onScroll={this.onScroll}
        >
          <div class="log-rows">
            {!started && <p class="notice">{say.connecting}</p>}
            {started && start === 0 && <LogTop state={state} session={session} say={say} />}
            {made.map((row) => this.row(row))}
            {quiet && <Quiet key="quiet" state={state} />}
          </div>
        </div>
        {started && !atBottom && (
          <button type="button" class="to-newest" onClick={this.jump}>
            <Icon name="down" />
            <span>{unseen > 0 ? say.newCount(unseen) : say.toNewest}</span>
          </button>
        )}
        <p class="unseen" role="status">
          {unseen > 0 ? say.newCount(unseen) : ""}
        </p>
        {/* What disappears is told too, to who cannot see it. */}
        <p class="unseen" role="status">
          {state.takenBack > 0 ? say.takenBack + (state.takenBack % 2 ? "" : "\u00a0") : ""}
        </p>
        {/* One's own actions are confirmed. The odd space makes the same word news again. */}
        <p class="unseen" role="status">
          {state.settled.size > 0 ? say.sent + (state.settled.size % 2 ? "" : "\u00a0") : ""}
        </p>
      </div>
    );
  }

  private row(row: Row): JSX.Element {
    const { state, session, say } = this.props;
    switch (row.kind) {
      case "day":
        return <DayLine key={row.key} time={row.time} say={say} />;
      case "new":
        return (
          <p key={row.key} class="new-line">
            <span>{say.newHere}</span>
          </p>
        );
      case "notice":
        return <Notice key={row.key} row={row} me={state.me?.id ?? null} name={this.name} say={say} />;
      case "said":
      case "outgoing": {
        const said = row.kind === "said";
        return (
          <MessageRow
            key={row.key}
            row={row}
            name={said ? this.name(row.message) : ""}
            fresh={!said || row.seq > this.freshFrom}
            online={state.phase.name === "live"}
            paced={state.paced}
            session={session}
            say={say}
          />
        );
      }
    }
  }

  private name = (message: Message): string => nicknameOf(this.props.state, message.chatter);
}

/** Index of the first message whose seq is `seq` or later. */
function indexOf(messages: readonly Message[], seq: number): number {
  let low = 0;
  let high = messages.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (messages[middle]!.seq < seq) low = middle + 1;
    else high = middle;
  }
  return Math.min(low, Math.max(0, messages.length - 1));
}
