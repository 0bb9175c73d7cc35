// Where the host writes in a room. Enter sends, as in everybody's composer, and never while an input method composes.

import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../components/icons";
import { isBlank } from "../../store/text";
import { speech, state } from "../app";
import { hostWords } from "../words";
import { why } from "./act-bar";

/** The value that several browsers give instead of a key while an input method has it. Safari says it even after `compositionend`. */
const KEY_OF_INPUT_METHOD = 229;

export function SayLine({ code }: { code: string }): JSX.Element | null {
  const room = state.value.rooms?.find((one) => one.code === code);
  return room ? <Line key={room.id} room={room.id} /> : null;
}

function Line({ room }: { room: string }): JSX.Element {
  const say = hostWords();
  const box = useRef<HTMLTextAreaElement>(null);
  const { text, isBusy, problem } = speech.of(room);

  // As tall as what is written, up to what the style sheet allows.
  useLayoutEffect(() => {
    const area = box.current!;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + area.offsetHeight - area.clientHeight}px`;
  }, [text]);

  const send = (): void => {
    // The element knows more than the last render: the syllable that was just finished.
    speech.write(room, box.current!.value);
    void speech.send(room);
  };
  const keyDown = (event: KeyboardEvent): void => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === KEY_OF_INPUT_METHOD) return;
    event.preventDefault();
    send();
  };
  return (
    <section class="say-line" aria-label={say.sayAsHost}>
      <p class="problem" id="say-problem" role="alert">
        {problem && (problem === "unanswered" ? say.unanswered : why(problem, say))}
      </p>
      <div class="composer">
        <div class={`composer-box ${problem ? "composer-over" : ""}`}>
          <textarea
            ref={box}
            rows={1}
            value={text}
            aria-label={say.sayAsHost}
            placeholder={say.sayAsHost}
            aria-describedby="say-problem"
            aria-invalid={problem ? "true" : undefined}
            dir="auto"
            enterkeyhint="send"
            onInput={(event) => speech.write(room, event.currentTarget.value)}
            onKeyDown={keyDown}
          />
        </div>
        <button
          type="button"
          class="send"
          aria-label={say.send}
          aria-disabled={isBusy || isBlank(text)}
          // The button must not take the focus: the phone's keyboard would go away and come back.
          onPointerDown={(event) => event.preventDefault()}
          onMouseDown={(event) => event.preventDefault()}
          onClick={send}
        >
          <Icon name="send" />
        </button>
      </div>
    </section>
  );
}
