// Messages. They are many, so each is drawn again only when it changed.

import { Component, type JSX } from "preact";
import type { Session } from "../client/session";
import { pieces } from "../store/links";
import type { Mark as Face } from "../store/marks";
import type { Outgoing } from "../store/outbox";
import type { Row } from "../store/rows";
import { fold, isEmojiOnly } from "../store/text";
import { openSheet } from "../route";
import type { Words } from "../words";
import type { Chatter, Id, Message } from "../wire";
import { Mark } from "./mark";
import { Votes } from "./votes";

interface Props {
  row: Extract<Row, { kind: "said" | "outgoing" }>;
  name: string;
  /** `null` beside a message that is on its way. */
  face: Face | null;
  /** Came while one was looking, and may say so by moving in. */
  fresh: boolean;
  online: boolean;
  /** Whether a tall message is shown as a whole. */
  open: boolean;
  onFold(key: string): void;
  /** To the message that this one answers. */
  onJump(seq: number): void;
  names(chatter: Chatter): string;
  me: Id | null;
  /** Why it is not sent yet, though there is a hub; empty where it is. */
  paced: string;
  session: Session;
  say: Words;
}

/**
 * One message, said or still on its way. One component for both, and one key: what is sent stays
 * the same element, so nothing flickers and a screen reader does not read it again.
 */
export class MessageRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    const { row, name, face, say, online, paced, open } = this.props;
    if (next.face?.emoji !== face?.emoji || next.face?.tint !== face?.tint) return true;
    if (next.row.kind !== row.kind || next.row.first !== row.first) return true;
    if (next.say !== say || next.open !== open) return true;
    if (row.kind === "outgoing" || next.row.kind === "outgoing") {
      return (
        row.kind !== "outgoing" ||
        next.row.kind !== "outgoing" ||
        next.row.outgoing !== row.outgoing ||
        next.online !== online ||
        next.paced !== paced
      );
    }
    return (
      next.row.message !== row.message || next.name !== name || next.row.time !== row.time || next.row.mine !== row.mine
    );
  }

  override render(props: Props): JSX.Element {
    const { row, name, face, fresh, online, paced, open, onFold, onJump, names, me, session, say } = props;
    const said = row.kind === "said";
    const mine = !said || row.mine;
    const content = said ? row.message.content : row.outgoing.content;
    const asked = said ? row.message.question !== undefined : row.outgoing.isQuestion;
    const quote = said ? quoted(row.message, names) : row.outgoing.replyTo;
    const classes = [
      "msg",
      said && me !== null && row.message.mentions?.includes(me) ? "names-me" : "",
      said && row.message.host ? "of-host" : "",
      asked ? "asked" : "",
      mine ? "mine" : "theirs",
      row.first ? "" : "cont",
      fresh ? "fresh" : "",
      said ? "" : row.outgoing.state,
    ];
    return (
      <div
        class={classes.filter(Boolean).join(" ")}
        data-key={row.key}
        data-seq={said ? row.seq : undefined}
        data-open={open ? "" : undefined}
      >
        {face && !mine && row.first && <Mark of={face} />}
        {face && !mine && row.first && (
          <span class={`who tint-${face.tint}`}>
            <bdi>{name}</bdi>
            {said && row.message.host && <b>{say.theHost}</b>}
          </span>
        )}
        {quote && <Answered quote={quote} onJump={onJump} say={say} />}
        {said && row.message.takenBack ? (
          <div class="bubble taken-back">{say.takenBack}</div>
        ) : (
          <Bubble content={content} open={open} onFold={() => onFold(row.key)} say={say} />
        )}
        {said && row.time !== null && <Time at={row.time} />}
        {said && row.message.question && <Asked message={row.message} mine={mine} session={session} say={say} />}
        {!said && asked && <span class="asked-line">{say.question}</span>}
        {said && row.message.reactions && <Reacted message={row.message} session={session} />}
        {!said && row.outgoing.state === "sending" && (
          <span class="status">{online ? paced || say.sending : say.waiting}</span>
        )}
        {!said && row.outgoing.state === "held" && <span class="status">{say.held}</span>}
        {!said && row.outgoing.state === "failed" && <Unsent outgoing={row.outgoing} session={session} say={say} />}
      </div>
    );
  }
}

interface Quoted {
  seq: number;
  nickname: string | null;
  /** `null` where it was taken back. */
  excerpt: string | null;
}

function quoted({ replyTo }: Message, names: Props["names"]): Quoted | null {
  if (!replyTo) return null;
  const { seq, chatter, excerpt, takenBack } = replyTo;
  return { seq, nickname: chatter && names(chatter), excerpt: takenBack ? null : excerpt };
}

/** What a message answers, above it. */
function Answered({ quote, onJump, say }: { quote: Quoted; onJump(seq: number): void; say: Words }): JSX.Element {
  const { seq, nickname, excerpt } = quote;
  return (
    <button type="button" class="answered" title={say.toAnswered} onClick={() => onJump(seq)}>
      {nickname && <bdi>{nickname}</bdi>}
      <span dir="auto">{nickname === null ? say.noLongerKept : (excerpt ?? say.takenBack)}</span>
    </button>
  );
}

/** That a message is a question, its votes, and whether it is answered. */
function Asked(props: { message: Message; mine: boolean; session: Session; say: Words }): JSX.Element {
  const { message, mine, session, say } = props;
  const { question, seq } = message;
  return (
    <span class="asked-line">
      <Votes votes={question!} isOwn={mine} onVote={(on) => void session.acts.vote(seq, on)} say={say} />
      <button type="button" class="to-questions" onClick={() => openSheet("questions")}>
        {question!.answered ? say.answered : say.question}
      </button>
    </span>
  );
}

/** The reactions to a message: each can be joined, or taken from again. */
function Reacted({ message, session }: { message: Message; session: Session }): JSX.Element {
  const counts = Object.entries(message.reactions ?? {}).filter(([, count]) => count > 0);
  return (
    <span class="reacted">
      {counts.map(([emoji, count]) => {
        const on = message.mine?.includes(emoji) ?? false;
        return (
          <button
            type="button"
            key={emoji}
            aria-pressed={on}
            onClick={() => void session.acts.react(message.seq, emoji, !on)}
          >
            <span>
              <span class="emoji-of">{emoji}</span> {count}
            </span>
          </button>
        );
      })}
    </span>
  );
}

function Unsent({ outgoing, session, say }: { outgoing: Outgoing; session: Session; say: Words }): JSX.Element {
  const why = outgoing.problem ? say.refused[outgoing.problem][0] : null;
  return (
    <span class="unsent">
      <span>{why ? `${say.notSent} – ${why}` : say.notSent}</span>
      <span class="unsent-actions">
        {outgoing.problem !== "expired" && outgoing.problem !== "no_such_room" && (
          <button type="button" onClick={() => session.retry(outgoing.key)}>
            {say.tryAgain}
          </button>
        )}
        <button type="button" onClick={() => session.discard(outgoing.key)}>
          {say.discard}
        </button>
      </span>
    </span>
  );
}

interface BubbleProps {
  content: string;
  open: boolean;
  onFold(): void;
  say: Words;
}

/** The content of a message. Only ever text; its own direction, its own box, and its links. */
function Bubble({ content, open, onFold, say }: BubbleProps): JSX.Element {
  const folded = fold(content);
  return (
    <div class={`bubble ${isEmojiOnly(content) ? "emoji" : ""}`} dir="auto">
      {pieces(open || folded === null ? content : folded).map((piece, at) =>
        piece.href ? (
          <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer" dir="ltr">
            {piece.text}
          </a>
        ) : (
          piece.text
        ),
      )}
      {folded !== null && (
        <button type="button" class="unfold" aria-expanded={open} onClick={onFold}>
          {open ? say.foldAgain : say.unfold}
        </button>
      )}
    </div>
  );
}

const two = (value: number): string => String(value).padStart(2, "0");

function Time({ at }: { at: number }): JSX.Element | null {
  const date = new Date(at);
  if (Number.isNaN(at)) return null;
  return <time dateTime={date.toISOString()}>{`${two(date.getHours())}:${two(date.getMinutes())}`}</time>;
}
