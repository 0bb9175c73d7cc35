// Messages. They are many, so each is drawn again only when it changed.

import { Component, type JSX } from "preact";
import type { Session } from "../client/session";
import { mark } from "../store/marks";
import type { Outgoing } from "../store/outbox";
import type { Row } from "../store/rows";
import { fold, pieces } from "../store/text";
import { words, type Words } from "../words";
import { Mark } from "./mark";

interface Props {
  row: Extract<Row, { kind: "said" | "outgoing" }>;
  name: string;
  /** Came while one was looking, and may say so by moving in. */
  fresh: boolean;
  online: boolean;
  /** The hub takes what one writes only later. */
  paced: boolean;
  session: Session;
  say: Words;
}

/**
 * One message, said or still on its way. One component for both, and one key: what is sent stays
 * the same element, so nothing flickers and a screen reader does not read it again.
 */
export class MessageRow extends Component<Props> {
  override shouldComponentUpdate(next: Props): boolean {
    const { row, name, say, online, paced } = this.props;
    if (next.row.kind !== row.kind || next.row.first !== row.first || next.say !== say) return true;
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

  override render({ row, name, fresh, online, paced, session, say }: Props): JSX.Element {
    const said = row.kind === "said";
    const mine = !said || row.mine;
    const content = said ? row.message.content : row.outgoing.content;
    const classes = [
      "msg",
      mine ? "mine" : "theirs",
      row.first ? "" : "cont",
      fresh ? "fresh" : "",
      said ? "" : row.outgoing.state,
    ];
    return (
      <div class={classes.filter(Boolean).join(" ")} {...(said ? { "data-seq": row.seq } : { "data-key": row.key })}>
        {said && !mine && row.first && <Mark id={row.message.chatterId} />}
        {said && !mine && row.first && (
          <span class={`who tint-${mark(row.message.chatterId).tint}`}>
            <bdi>{name}</bdi>
          </span>
        )}
        {said && row.message.takenBack ? (
          <div class="bubble taken-back">{say.takenBack}</div>
        ) : (
          <Bubble content={content} />
        )}
        {said && row.time !== null && <Time at={row.time} />}
        {!said && row.outgoing.state === "sending" && (
          <span class="status">{online ? (paced ? say.paced : say.sending) : say.waiting}</span>
        )}
        {!said && row.outgoing.state === "failed" && <Unsent outgoing={row.outgoing} session={session} say={say} />}
      </div>
    );
  }
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

interface BubbleState {
  open: boolean;
}

/** What was said. Only ever text; its own direction, its own box, and its links. */
class Bubble extends Component<{ content: string }, BubbleState> {
  override state: BubbleState = { open: false };

  override render({ content }: { content: string }, { open }: BubbleState): JSX.Element {
    const folded = open ? null : fold(content);
    return (
      <div class="bubble" dir="auto">
        {pieces(folded ?? content).map((piece, at) =>
          piece.href ? (
            <a key={at} href={piece.href} target="_blank" rel="noopener noreferrer" dir="ltr">
              {piece.text}
            </a>
          ) : (
            piece.text
          ),
        )}
        {folded !== null && <Unfold onClick={() => this.setState({ open: true })} />}
      </div>
    );
  }
}

function Unfold({ onClick }: { onClick(): void }): JSX.Element {
  return (
    <button type="button" class="unfold" onClick={onClick}>
      {words().unfold}
    </button>
  );
}

const two = (value: number): string => String(value).padStart(2, "0");

function Time({ at }: { at: number }): JSX.Element | null {
  const date = new Date(at);
  if (Number.isNaN(at)) return null;
  return <time dateTime={date.toISOString()}>{`${two(date.getHours())}:${two(date.getMinutes())}`}</time>;
}
