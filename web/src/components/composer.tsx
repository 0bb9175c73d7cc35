// Where one writes. Enter sends, Shift+Enter breaks the line, and nothing is ever sent while an
// input method composes: in Korean the last syllable is still being built when Enter comes.

import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { limits } from "../app";
import type { Session } from "../client/session";
import { insertName, namingAt, type Candidate, type Naming } from "../store/naming";
import { hasTower, isBlank, length } from "../store/text";
import { words } from "../words";
import { Icon } from "./icons";

/** From here on it is counted down. */
const COUNT_FROM = 100;

/** The value that several browsers give instead of a key while an input method has it. Safari says it even after `compositionend`. */
const KEY_OF_INPUT_METHOD = 229;

/** Characters with which the hub takes no message, and which a paste may bring along unseen. Line breaks and tabs stay. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g;

/** Where one writes, once it is on the screen. */
export function focusComposer(): void {
  // Behind the sheet's own end, which gives the focus back to what opened it.
  setTimeout(() => document.querySelector<HTMLTextAreaElement>(".composer textarea")?.focus(), 50);
}

interface Props {
  session: Session;
  wide: boolean;
  /** Whether the host lets them write and not send. */
  muted: boolean;
  /** The message that is being answered. */
  answering: { nickname: string; excerpt: string } | null;
  /** Those who can be named. */
  offers(naming: Naming): Candidate[];
}

export function Composer({ session, wide, muted, answering, offers }: Props): JSX.Element {
  const say = words();
  const box = useRef<HTMLTextAreaElement>(null);
  const composing = useRef(false);
  const [text, setText] = useState(() => session.draft);
  const [isQuestion, setQuestion] = useState(false);
  const [naming, setNaming] = useState<Naming | null>(null);
  const [chosen, choose] = useState(0);
  const offered = naming ? offers(naming) : [];

  const most = limits().content;
  const rest = most - length(text);
  const hint = !isQuestion ? say.write : session.state.room?.questions === "held" ? say.askHeld : say.ask;
  const empty = isBlank(text);
  const stacked = hasTower(text);

  // As tall as what is written, up to what the style sheet allows.
  useLayoutEffect(() => {
    const area = box.current!;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  }, [text]);

  useEffect(() => {
    if (wide) box.current?.focus();
    return () => session.typing(false);
  }, []);

  const look = (): void => {
    const { value, selectionStart, selectionEnd } = box.current!;
    setNaming(selectionStart === selectionEnd ? namingAt(value, selectionStart) : null);
    choose(0);
  };

  const name = ({ nickname }: Candidate): void => {
    const area = box.current!;
    const [value, caret] = insertName(area.value, area.selectionStart, naming!, nickname);
    area.value = value;
    area.setSelectionRange(caret, caret);
    area.focus();
    write(value);
    setNaming(null);
  };

  /** Whether a key was for the names on offer. */
  const picks = (key: string): boolean => {
    if (offered.length === 0) return false;
    if (key === "ArrowDown" || key === "ArrowUp") {
      choose((chosen + (key === "ArrowDown" ? 1 : offered.length - 1)) % offered.length);
    } else if (key === "Enter" || key === "Tab") name(offered[chosen]!);
    else if (key === "Escape") setNaming(null);
    else return false;
    return true;
  };

  const write = (value: string): void => {
    setText(value);
    session.draft = value;
    session.typing(!isBlank(value));
  };

  const send = (): void => {
    // The element knows more than the last render: the syllable that was just finished.
    if (muted) return;
    const content = box.current!.value.replace(CONTROLS, "").trim();
    if (isBlank(content) || hasTower(content) || length(content) > most) return;
    session.typing(false);
    session.say(content, isQuestion);
    setQuestion(false);
    write("");
  };

  const keyDown = (event: KeyboardEvent): void => {
    const plain = !event.isComposing && !composing.current && event.keyCode !== KEY_OF_INPUT_METHOD;
    if (plain && !event.shiftKey && picks(event.key)) return event.preventDefault();
    if (event.key === "Escape" && !event.isComposing) {
      if (answering) return session.answer(null);
      if (isQuestion) return setQuestion(false);
    }
    if (event.key !== "Enter" || event.shiftKey) return;
    if (event.isComposing || composing.current || event.keyCode === KEY_OF_INPUT_METHOD) return;
    event.preventDefault();
    send();
  };

  const press = (): void => {
    const area = box.current!;
    if (composing.current) {
      // Ends the composition, so that its last syllable is in the text and not after it.
      area.blur();
    }
    send();
    area.focus();
  };

  return (
    <div class="composer">
      {offered.length > 0 && (
        <ul id="names" class="names" role="listbox" aria-label={say.whom}>
          {offered.map((one, at) => (
            <li
              key={one.id}
              id={`name-${at}`}
              role="option"
              aria-selected={at === chosen}
              dir="auto"
              // The keyboard stays where it is.
              onPointerDown={(event) => event.preventDefault()}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => name(one)}
            >
              {one.nickname}
            </li>
          ))}
        </ul>
      )}
      <button
        type="button"
        class="round ask"
        aria-pressed={isQuestion}
        aria-label={say.asQuestion}
        title={say.asQuestion}
        onPointerDown={(event) => event.preventDefault()}
        onMouseDown={(event) => event.preventDefault()}
        onClick={() => {
          setQuestion(!isQuestion);
          box.current!.focus();
        }}
      >
        <Icon name="ask" />
      </button>
      <div class={`composer-box ${rest < 0 ? "composer-over" : ""} ${isQuestion ? "composer-ask" : ""}`}>
        {answering && (
          <div class="composer-answer">
            <p>
              <b>{say.answering(answering.nickname)}</b>
              <span dir="auto">{answering.excerpt}</span>
            </p>
            <button type="button" class="round" aria-label={say.answerNot} onClick={() => session.answer(null)}>
              <Icon name="close" />
            </button>
          </div>
        )}
        <textarea
          ref={box}
          rows={1}
          value={text}
          aria-label={hint}
          placeholder={hint}
          aria-describedby="composer-count"
          aria-invalid={stacked || rest < 0 ? "true" : undefined}
          dir="auto"
          enterkeyhint="send"
          aria-autocomplete="list"
          aria-controls={offered.length > 0 ? "names" : undefined}
          aria-activedescendant={offered.length > 0 ? `name-${chosen}` : undefined}
          onInput={(event) => {
            write(event.currentTarget.value);
            look();
          }}
          onClick={look}
          onKeyDown={keyDown}
          onCompositionStart={() => (composing.current = true)}
          onCompositionEnd={() => (composing.current = false)}
          onBlur={() => {
            setNaming(null);
            composing.current = false;
            session.typing(false);
          }}
        />
        <span id="composer-count" class="count" role="status">
          {stacked ? say.stacked : rest < 0 ? say.tooLong(-rest) : rest <= COUNT_FROM ? say.charactersLeft(rest) : ""}
        </span>
      </div>
      <button
        type="button"
        class="send"
        aria-label={say.send}
        aria-disabled={empty || stacked || rest < 0 || muted}
        // The button must not take the focus: the phone's keyboard would go away and come back.
        onPointerDown={(event) => event.preventDefault()}
        onMouseDown={(event) => event.preventDefault()}
        onClick={press}
      >
        <Icon name="send" />
      </button>
    </div>
  );
}
