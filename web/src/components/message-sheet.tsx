// What can be done about a message.

import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Session } from "../client/session";
import { closeSheet, openSheet } from "../route";
import { messageAt } from "../store/past";
import { isWritten, mayTalk, nicknameOf, type RoomState } from "../store/room";
import { sheetWords, type All } from "../words.sheets";
import { EMOJI, type Message } from "../wire";
import { focusComposer } from "./composer";
import { copy } from "./copy";
import { Icon, type IconName } from "./icons";
import { chosen } from "./open-message";
import { Sheet } from "./sheet";

interface Context {
  message: Message;
  isMine: boolean;
  state: RoomState;
  session: Session;
  say: All;
}

interface Action {
  icon: IconName;
  label(say: All): string;
  hint?(say: All): string;
  isOffered(context: Context): boolean;
  /** What is to be told on its button; without that the menu closes, unless another sheet has taken its place. */
  run(context: Context): Promise<string> | void;
  staysOpen?: true;
}

/** From so long ago on nobody is offered to take their message back; the hub decides. */
const TAKE_BACK_OFFERED = 24 * 3600_000;

const said = (state: RoomState): boolean => mayTalk(state) && state.phase.name === "live";

const ACTIONS: readonly Action[] = [
  {
    icon: "answer",
    label: (say) => say.answer,
    isOffered: ({ message, state }) => mayTalk(state) && isWritten(state) && !message.takenBack,
    run({ message, session }) {
      session.answer(message);
      focusComposer();
    },
  },
  {
    icon: "copy",
    label: (say) => say.copyText,
    isOffered: ({ message }) => message.content !== "",
    run: ({ message, say }) => copy(message.content).then((worked) => (worked ? `✓ ${say.copied}` : say.copyFailed)),
  },
  {
    icon: "undo",
    label: (say) => say.takeBack,
    isOffered: ({ message, isMine, state }) =>
      isMine && said(state) && !message.takenBack && Date.now() - Date.parse(message.sentAt) < TAKE_BACK_OFFERED,
    async run({ message, session, say }) {
      const refusal = await session.takeBack(message.seq);
      return refusal ? say.refused[refusal.code][0] : say.takenBack;
    },
  },
  {
    icon: "flag",
    label: (say) => say.report,
    isOffered: ({ message, isMine, state }) => !isMine && said(state) && !message.takenBack,
    run: () => openSheet("report"),
    staysOpen: true,
  },
  {
    icon: "hide",
    label: (say) => say.hide,
    hint: (say) => say.hideHint,
    isOffered: ({ isMine }) => !isMine,
    run: ({ message, state, session }) =>
      session.hide({ id: message.chatterId, nickname: nicknameOf(state, message.chatter) }, true),
  },
];

export function MessageSheet({ state, session }: { state: RoomState; session: Session }): JSX.Element | null {
  const say = sheetWords();
  const [told, setTold] = useState<{ action: Action; text: string } | null>(null);
  const message = messageAt(state, chosen.value ?? 0);
  useEffect(() => void (message || closeSheet()), [message]);
  if (!message) return null;
  const context = { message, isMine: message.chatterId === state.me?.id, state, session, say };

  const run = (action: Action): void => {
    const result = action.run(context);
    if (result) void result.then((text) => setTold({ action, text }));
    else if (!action.staysOpen) closeSheet();
  };
  return (
    <Sheet title={say.messageMenu} class="small">
      <div class="quote">
        <bdi>{nicknameOf(state, message.chatter)}</bdi>
        <p dir="auto">{message.takenBack ? say.takenBack : message.content}</p>
      </div>
      {said(state) && !message.takenBack && (
        <div class="react" role="group" aria-label={say.react}>
          {EMOJI.map((emoji) => {
            const on = !message.mine?.includes(emoji);
            return (
              <button
                type="button"
                key={emoji}
                class="emoji-button"
                aria-pressed={!on}
                onClick={() => void session.react(message.seq, emoji, on).then(closeSheet)}
              >
                {emoji}
              </button>
            );
          })}
        </div>
      )}
      {/* The key that opened it may ask for the browser's own menu as it is let go. */}
      <ul class="menu" onContextMenu={(event) => event.preventDefault()}>
        {ACTIONS.filter((action) => action.isOffered(context)).map((action, at) => (
          <li key={action.icon}>
            <button type="button" data-autofocus={at === 0 ? "" : undefined} onClick={() => run(action)}>
              <Icon name={action.icon} />
              <span>
                {told?.action === action ? told.text : action.label(say)}
                {action.hint && <small>{action.hint(say)}</small>}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <p class="unseen" role="status">
        {told?.text}
      </p>
    </Sheet>
  );
}
