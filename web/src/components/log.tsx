// The conversation, through a window: of ten thousand messages some 160 are in the page.
//
// The window moves in steps when one scrolls near its edge. What stays in view, whatever changes, is
// one rule (`store/place.ts`): `move` takes the reader's place when they scroll, `keep` restores it after
// every change of content or size. The browsers' own scroll anchoring is off (Safari has none).

import { Component, createRef, type JSX } from "preact";
import type { Session } from "../client/session";
import { silence } from "../store/history";
import { hasOlder } from "../store/log";
import { messageAt, shown, type Goal } from "../store/past";
import { arrival, atBottom, follows, lastSeen, shift, type RowBox } from "../store/place";
import { markOf, nicknameOf, slowedFor, type RoomState } from "../store/room";
import { countNew, rows, type Row } from "../store/rows";
import { down, indexOf, near, opening, trimmed, up, type Window } from "../store/window";
import type { Chatter, Message } from "../wire";
import type { Words } from "../words";
import { Icon } from "./icons";
import { sheetsPart } from "./later-sheets";
import { below, boxOf, rowsOf, sightOf, visible, type Seen } from "./log-sight";
import { LogEnd, LogGoing, LogTop } from "./log-top";
import { MessageRow } from "./message";
import { Comings, DayLine, Notice, OwnName } from "./notice";
import { Quiet } from "./quiet";

/** How much of a message is read aloud that one has jumped to. */
const SPOKEN = 100;

/** Near an edge of the window, in pixels. */
const NEAR = 600;

interface Props {
  state: RoomState;
  session: Session;
  say: Words;
  /** Whether something else covers the log. */
  covered: boolean;
}

interface View extends Window {
  /** Whether the newest message is followed. */
  following: boolean;
  atBottom: boolean;
  /** The newest seq that was seen. */
  seen: number;
  /** Keys of the messages that the reader unfolded. */
  unfolded: ReadonlySet<string>;
  /** The place for which the window was made. */
  goal: Goal | null;
}

/** A window within a stretch far back ends somewhere; only the log's own goes on with what comes. */
function within({ past }: RoomState, window: Window): Window {
  const end = past?.messages[past.messages.length - 1]?.seq;
  return end !== undefined && window.last === null ? { ...window, last: end } : window;
}

export class LogView extends Component<Props, View> {
  override state: View = {
    first: null,
    last: null,
    following: true,
    atBottom: true,
    seen: 0,
    unfolded: new Set(),
    goal: null,
  };
  private readonly scroller = createRef<HTMLDivElement>();
  private stopWatching: (() => void) | null = null;
  private opened = false;
  /** As in the state, which changes only with the next drawing: a reader may scroll in the midst of one. */
  private following = true;
  private freshFrom = Infinity;
  /** Where the log was scrolled to last, by the reader or by `keep`. */
  private top = 0;
  /** The first visible row at that time. */
  private held: Seen | null = null;

  static override getDerivedStateFromProps({ state, covered }: Props, view: View): Partial<View> | null {
    const { log, past, goal, unreadFrom } = state;
    const { messages } = shown(state);
    const { upTo } = log;
    if (upTo === null || messages.length === 0) return null;
    if (goal !== view.goal) {
      if (!goal) return { ...opening(messages, null), goal, following: true, atBottom: true };
      return { ...within(state, near(messages, goal.seq)), goal, following: false };
    }
    if (past) return within(state, { first: view.first, last: view.last });
    if (view.first === null || view.first > messages[messages.length - 1]!.seq) {
      return { ...opening(messages, unreadFrom), seen: unreadFrom === null ? upTo : unreadFrom - 1 };
    }
    const unseen = covered || document.hidden ? view.seen + 1 : null;
    return trimmed(view, messages, view.following, unreadFrom !== null && unreadFrom > view.seen ? unreadFrom : unseen);
  }

  override componentDidMount(): void {
    const scroller = this.scroller.current!;
    const resized = (): void => this.keep();
    const look = (): void => {
      if (document.hidden) this.caughtUp();
      else this.arrive();
    };
    document.addEventListener("visibilitychange", look);
    addEventListener("resize", resized);
    // Every other cause of a change of size: fonts, the keyboard, a composer of several lines.
    const observer = window.ResizeObserver ? new ResizeObserver(resized) : null;
    observer?.observe(scroller);
    observer?.observe(scroller.firstElementChild!);
    this.stopWatching = () => {
      document.removeEventListener("visibilitychange", look);
      removeEventListener("resize", resized);
      observer?.disconnect();
    };
    this.open();
  }

  override componentWillUnmount(): void {
    this.stopWatching?.();
    this.props.session.reader.toNewest();
  }

  override getSnapshotBeforeUpdate(): null {
    this.caughtUp();
    return null;
  }

  override componentDidUpdate(before: Props, { unfolded }: View): void {
    const { state, covered } = this.props;
    if (!this.opened) return this.open();
    if (state.goal !== before.state.goal) return this.goalChanged(state.goal);
    const wrote = state.outbox.length > before.state.outbox.length;
    if (wrote) return this.toNewest();
    const uncovered = before.covered && !covered;
    const newLine = state.unreadFrom !== null && state.unreadFrom !== before.state.unreadFrom;
    if (uncovered || newLine) this.arrive();
    else this.keep();
    if (unfolded !== this.state.unfolded) this.move();
    // A page came: it enters the window if its edge is still near.
    const [was, is] = [shown(before.state), shown(state)];
    if (was.from !== is.from || (state.past && was.upTo !== is.upTo)) this.fetchNear();
  }

  /** The window is another: the place that was jumped to is in the middle, or the newest is at the bottom. */
  private goalChanged(goal: Goal | null): void {
    if (!goal) {
      this.following = true;
      return this.goToEnd();
    }
    this.following = false;
    const row = rowsOf(this.scroller.current!).find(({ dataset }) => Number(dataset.seq) >= goal.seq);
    if (!row) return;
    row.scrollIntoView({ block: "center" });
    row.classList.add("found");
    row.addEventListener("animationend", () => row.classList.remove("found"), { once: true });
    this.move();
    this.fetchNear();
    // Behind a sheet's own end, which gives the focus back to what opened it.
    setTimeout(() => this.scroller.current?.focus({ preventScroll: true }), 50);
  }

  private goToEnd = (): void => {
    this.scrollTo(this.scroller.current!.scrollHeight);
    this.held = this.measured()[0] ?? null;
    this.settle();
  };

  /** The first sight of a room. */
  private open(): void {
    const { log } = this.props.state;
    if (log.upTo === null) return;
    this.opened = true;
    this.freshFrom = log.upTo;
    this.arrive();
    this.fetchNear();
  }

  private looking = (): boolean => !this.props.covered && !document.hidden;

  /** The reader comes (back): to the bottom, but not past what came while they were away. */
  private arrive(): void {
    if (!this.opened || !this.looking()) return;
    if (!this.following) return this.keep();
    const scroller = this.scroller.current!;
    const edge = scroller.getBoundingClientRect().top;
    const unread = rowsOf(scroller).find((row) => row.matches(".theirs") && Number(row.dataset.seq) > this.state.seen);
    this.scrollTo(scroller.scrollTop + arrival(below(scroller), unread ? boxOf(unread, edge).top : null));
    this.move();
  }

  /** After a change of content or size: the reader's place is restored. */
  private keep(): void {
    if (!this.opened) return;
    const scroller = this.scroller.current!;
    if (this.following && this.state.last === null && this.looking()) {
      this.scrollTo(scroller.scrollHeight);
      this.held = this.measured()[0] ?? null;
    } else {
      const now = this.findHeld();
      const moved = now && this.held ? shift(this.held.box, now) : 0;
      if (Math.abs(moved) >= 0.5) this.scrollTo(scroller.scrollTop + moved);
    }
    this.settle();
  }

  /** The held row as it is now; if it is gone, the row that stands in its place. */
  private findHeld(): RowBox | null {
    if (!this.held) return null;
    const { element, box } = this.held;
    const edge = this.scroller.current!.getBoundingClientRect().top;
    if (element.isConnected) return boxOf(element, edge);
    const next = rowsOf(this.scroller.current!).find((row) => Number(row.dataset.seq) >= (box.seq ?? Infinity));
    if (!next) return null;
    this.held = { element: next, box: { ...boxOf(next, edge), top: Math.max(0, box.top) } };
    return boxOf(next, edge);
  }

  private measured = (): Seen[] => visible(this.scroller.current!);

  private scrollTo(top: number): void {
    const scroller = this.scroller.current!;
    scroller.scrollTop = top;
    this.top = scroller.scrollTop;
  }

  /** The reader may have scrolled since the last scroll event: nobody is pulled back. */
  private caughtUp(): void {
    const scroller = this.scroller.current!;
    if (!this.opened || Math.abs(scroller.scrollTop - this.top) <= 1) return;
    // Up, and still at the end: the content became shorter, and nobody scrolled.
    if (scroller.scrollTop > this.top || below(scroller) >= 1) this.move();
  }

  /** The reader moved, and this is their place now. */
  private move(): void {
    const seen = this.measured();
    const sight = sightOf(this.scroller.current!, seen);
    const toEnd = this.state.last === null;
    this.top = this.scroller.current!.scrollTop;
    this.held = seen[0] ?? null;
    this.following = follows(sight, toEnd);
    this.change({ following: this.following, atBottom: atBottom(sight, toEnd) });
    this.settle(seen);
  }

  /** The messages in view have been read, if somebody looks. */
  private settle(seen = this.measured()): void {
    const { upTo } = this.props.state.log;
    if (upTo === null) return;
    const sight = sightOf(this.scroller.current!, seen);
    const toEnd = this.state.last === null;
    const low = atBottom(sight, toEnd);
    let read = this.state.seen > upTo ? upTo : this.state.seen;
    if (this.looking()) {
      // At the very end also places without a message count.
      const all = toEnd && sight.below < 2;
      read = all ? upTo : Math.max(read, lastSeen(sight) ?? 0);
      this.props.session.read(read);
    }
    this.change({ atBottom: low, seen: read });
  }

  private change(patch: Partial<View>): void {
    const now = this.state as unknown as Record<string, unknown>;
    if (Object.entries(patch).some(([name, value]) => now[name] !== value)) this.setState(patch);
  }

  /** To the newest message, wherever the window was. */
  private toNewest = (): void => {
    this.following = true;
    // The rest follows from that.
    if (this.props.session.state.goal) return this.props.session.reader.toNewest();
    if (this.state.last === null) {
      this.change({ following: true, atBottom: true });
      return this.goToEnd();
    }
    const window = opening(this.props.state.log.messages, null);
    this.setState({ ...window, following: true, atBottom: true }, this.goToEnd);
  };

  private onScroll = (): void => {
    this.caughtUp();
    this.fetchNear();
  };

  /** Near an edge of the window it moves on; near the oldest message that is here, or the last of a stretch far back, more are fetched. */
  private fetchNear(): void {
    const { state, session } = this.props;
    const { messages, ...log } = shown(state);
    if (!this.opened || messages.length === 0) return;
    const scroller = this.scroller.current!;
    const { first, last } = this.state;
    const [isNearTop, isNearEnd] = [scroller.scrollTop < NEAR, below(scroller) < NEAR && last !== null];
    if (isNearTop && indexOf(messages, first ?? 0) > 0) return this.setState(up(this.state, messages));
    if (isNearEnd && indexOf(messages, last ?? 0) < messages.length - 1) return this.setState(down(this.state, messages));
    if (isNearTop && log.from > log.firstSeq && state.older === "idle") void session.reader.older();
    if (isNearEnd && state.newer === "idle") void session.reader.newer();
  }

  private fold = (key: string): void => {
    const unfolded = new Set(this.state.unfolded);
    if (!unfolded.delete(key)) unfolded.add(key);
    this.following = false;
    this.setState({ unfolded, following: false });
  };

  override render({ state, session, say }: Props, { first, last, following, atBottom, seen }: View): JSX.Element {
    const { log, past, going, me } = state;
    const { messages, from } = shown(state);
    const start = first === null ? 0 : indexOf(messages, first);
    const end = last === null ? messages.length : indexOf(messages, last) + 1;
    const started = log.upTo !== null;
    const made = started
      ? rows({
          messages,
          start,
          end,
          me: me?.id ?? null,
          hidden: state.hidden,
          cameAt: me?.createdAt ?? null,
          whole: !hasOlder(shown(state)),
          toNewest: past === null,
          outbox: state.outbox,
          settled: state.settled,
          echoed: state.echoed,
          unreadFrom: state.unreadFrom !== null && state.unreadFrom >= from ? state.unreadFrom : null,
          clockOffset: state.clockOffset,
        })
      : [];
    const unseen = following ? 0 : countNew(log.messages, seen, me?.id ?? null, state.hidden);
    const since = silence(state, Date.now());
    const part = sheetsPart.loaded.value;
    return (
      <div class="log-frame">
        <div
          ref={this.scroller}
          class="log"
          role="log"
          aria-label={say.log}
          aria-live={following ? "polite" : "off"}
          aria-relevant="additions"
          aria-busy={state.older === "loading" || state.newer === "loading" || !started}
          tabIndex={0}
          onScroll={this.onScroll}
        >
          <div class="log-rows">
            {!started && <p class="notice">{say.connecting}</p>}
            {started && start === 0 && <LogTop state={state} session={session} say={say} />}
            {made.map((row) => this.row(row))}
            {past && end === messages.length && <LogEnd state={state} session={session} say={say} />}
            {since && <Quiet key="quiet" state={state} since={since} />}
          </div>
        </div>
        {going && <LogGoing going={going} session={session} say={say} />}
        {part && <part.LogMenu log={this.scroller} author={this.author} />}
        {started && (!atBottom || unseen > 0) && (
          <button type="button" class="to-newest" onClick={this.toNewest}>
            <Icon name="down" />
            <span>{unseen > 0 ? say.newCount(unseen) : say.toNewest}</span>
          </button>
        )}
        <p class="unseen" role="status">
          {unseen > 0 ? say.newCount(unseen) : ""}
        </p>
        {/* Where one has jumped to. */}
        <p class="unseen" role="status">
          {state.goal ? this.spoken(state.goal.seq) : ""}
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
        return <Notice key={row.key} row={row} name={this.name} say={say} />;
      case "me":
        return <OwnName key={row.key} row={row} nickname={state.me?.nickname ?? ""} say={say} />;
      case "comings":
        return (
          <Comings
            key={row.key}
            row={row}
            me={state.me?.id ?? null}
            name={this.name}
            open={this.state.unfolded.has(row.key)}
            onFold={this.fold}
            say={say}
          />
        );
      case "said":
      case "outgoing": {
        const said = row.kind === "said";
        return (
          <MessageRow
            key={row.key}
            row={row}
            name={said ? this.name(row.message) : ""}
            face={said ? markOf(state, row.message.chatter) : null}
            fresh={!said || row.seq > this.freshFrom}
            online={state.phase.name === "live"}
            open={this.state.unfolded.has(row.key)}
            onFold={this.fold}
            onJump={this.goTo}
            names={this.nickname}
            me={state.me?.id ?? null}
            paced={state.paced ? say.paced : slowedFor(state, Date.now()) > 0 ? say.inTurn : ""}
            session={session}
            say={say}
          />
        );
      }
    }
  }

  private author = (seq: number): string => {
    const { me } = this.props.state;
    const message = messageAt(this.props.state, seq);
    return !message ? "" : message.chatterId === me?.id ? this.props.say.you : this.name(message);
  };

  private spoken(seq: number): string {
    const message = messageAt(this.props.state, seq);
    return message ? `${this.author(seq)}, ${message.content.slice(0, SPOKEN)}` : "";
  }

  private name = (message: Message): string => this.nickname(message.chatter);

  private nickname = (chatter: Chatter): string => nicknameOf(this.props.state, chatter);

  private goTo = (seq: number): void => void this.props.session.reader.goTo(seq);
}
