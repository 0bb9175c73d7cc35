// The part of a room's messages that this browser has: one slice without holes, from `from` to `upTo`.
//
// A message that comes while something before it is missing waits in `held` and is shown only
// once the hole is filled: nobody reads an answer before its question. Seqs say what is
// missing, never clocks. A seq may stay empty (a message taken back), so the stretch is kept
// as two numbers and not as a count of messages.

import type { Message, Reacted } from "../wire";

export interface Log {
  /** Everything the hub has from this seq … */
  readonly from: number;
  /** … to this one is in `messages`. `null` before the first page came. */
  readonly upTo: number | null;
  /** The first seq that this chatter may read; nothing older needs asking for. */
  readonly firstSeq: number;
  readonly messages: readonly Message[];
  readonly held: readonly Message[];
  /** Seqs whose messages the host took back: also a page that was on its way must not show them. */
  readonly gone: ReadonlySet<number>;
}

export const emptyLog: Log = { from: 1, upTo: null, firstSeq: 1, messages: [], held: [], gone: new Set() };

/** Whether there is something older to ask for. */
export const hasOlder = (log: Log): boolean => log.upTo !== null && log.from > log.firstSeq;

/** Whether something between here and a message that already came is missing. */
export const hasGap = (log: Log): boolean => log.upTo !== null && log.held.length > 0;

/** At least so many of the newest, and at most twice as many; what is older is fetched again when it is wanted. */
export function newest(log: Log, least: number): Log {
  if (log.messages.length < 2 * least) return log;
  const messages = log.messages.slice(-least);
  return { ...log, messages, from: messages[0]!.seq };
}

function emptied(message: Message): Message {
  const { replyTo: _replyTo, mentions: _mentions, reactions: _reactions, mine: _mine, question: _question, ...rest } = message;
  return { ...rest, content: "", takenBack: true };
}

/** The same without what it answers, where that was taken back. */
const unquoted = (message: Message): Message =>
  message.replyTo ? { ...message, replyTo: { ...message.replyTo, excerpt: "", takenBack: true } } : message;

/** What changes of a message after it was said. */
export type Counts = Pick<Reacted, "seq" | "reactions" | "mine" | "question">;

/** A message with these reactions and votes; `mine` stays where it is not told. */
function counted(one: Message, { reactions, mine, question }: Counts): Message {
  const votes = question && { question: { ...question, mine: question.mine ?? one.question?.mine ?? false } };
  return { ...one, reactions, mine: mine ?? one.mine ?? [], ...votes };
}

/** The reactions to a message and its votes are these now. */
export function react(log: Log, counts: Counts): Log {
  const { seq } = counts;
  const changed = (list: readonly Message[]): readonly Message[] =>
    list.some((one) => one.seq === seq && !one.takenBack)
      ? list.map((one) => (one.seq === seq ? counted(one, counts) : one))
      : list;
  return { ...log, messages: changed(log.messages), held: changed(log.held) };
}

/** The host took back what stood in these places. */
export function takeBack(log: Log, seqs: readonly number[]): Log {
  const gone = new Set([...log.gone, ...seqs]);
  return gone.size === log.gone.size ? log : cleaned({ ...log, gone });
}

/** A log without what was taken back; the same one where there is nothing of that in it. */
function cleaned(log: Log): Log {
  const shows = (message: Message): boolean => !message.takenBack && log.gone.has(message.seq);
  const quotes = ({ replyTo }: Message): boolean => !!replyTo && !replyTo.takenBack && log.gone.has(replyTo.seq);
  const cleanOne = (one: Message): Message => (shows(one) ? emptied(one) : quotes(one) ? unquoted(one) : one);
  const clean = (list: readonly Message[]): readonly Message[] =>
    log.gone.size > 0 && list.some((one) => shows(one) || quotes(one)) ? list.map(cleanOne) : list;
  const [messages, held] = [clean(log.messages), clean(log.held)];
  return messages === log.messages && held === log.held ? log : { ...log, messages, held };
}

/** The first page: the newest messages, with the hub's word that there is nothing up to `lastSeq` but these. */
export function open(log: Log, messages: Message[], lastSeq: number, more: boolean, firstSeq: number): Log {
  const first = messages[0];
  const from = more && first ? first.seq : firstSeq;
  const newest = messages.length > 0 ? messages[messages.length - 1]!.seq : 0;
  const upTo = Math.max(lastSeq, newest);
  return release(cleaned({ ...log, from, firstSeq, upTo, messages: sorted(messages) }));
}

/** A message that the hub sent by itself. */
export function receive(log: Log, message: Message): Log {
  if (log.upTo === null || message.seq > log.upTo + 1) return { ...log, held: insert(log.held, message) };
  if (message.seq === log.upTo + 1) {
    return release(cleaned({ ...log, upTo: message.seq, messages: [...log.messages, message] }));
  }
  // Older than what we have: known already, or before the stretch, where a page will bring it.
  return message.seq < log.from ? log : { ...log, messages: insert(log.messages, message) };
}

/**
 * The hub's answer to "everything after `upTo`". `complete` is its word that this is all there
 * is, so that seqs still missing before a held message are empty and will stay so.
 */
export function fill(log: Log, messages: Message[], complete: boolean): Log {
  if (log.upTo === null) return log;
  let merged = log.messages;
  let upTo = log.upTo;
  for (const message of sorted(messages)) {
    merged = message.seq > upTo ? [...merged, message] : insert(merged, message);
    upTo = Math.max(upTo, message.seq);
  }
  const filled = release(cleaned({ ...log, messages: merged, upTo }));
  if (!complete || filled.held.length === 0) return filled;
  const held = filled.held;
  return { ...filled, held: [], messages: [...filled.messages, ...held], upTo: held[held.length - 1]!.seq };
}

/** One older page. */
export function prepend(log: Log, messages: Message[], more: boolean): Log {
  const older = sorted(messages).filter((message) => message.seq < log.from);
  const first = older[0];
  const from = more && first ? first.seq : log.firstSeq;
  return cleaned({ ...log, from, messages: [...older, ...log.messages] });
}

/** Moves what now follows without a hole from `held` into `messages`. */
function release(log: Log): Log {
  let upTo = log.upTo ?? 0;
  const free: Message[] = [];
  const held: Message[] = [];
  for (const message of log.held) {
    if (message.seq === upTo + 1) {
      free.push(message);
      upTo = message.seq;
    } else if (message.seq > upTo) {
      held.push(message);
    }
  }
  if (free.length === 0 && held.length === log.held.length) return log;
  return { ...log, upTo, held, messages: [...log.messages, ...free] };
}

const sorted = (messages: Message[]): Message[] => [...messages].sort((a, b) => a.seq - b.seq);

/** Puts a message in its place, once. Searches from the end, where new ones belong. */
function insert(list: readonly Message[], message: Message): readonly Message[] {
  let at = list.length;
  while (at > 0 && list[at - 1]!.seq > message.seq) at -= 1;
  if (at > 0 && list[at - 1]!.seq === message.seq) return list;
  return [...list.slice(0, at), message, ...list.slice(at)];
}
