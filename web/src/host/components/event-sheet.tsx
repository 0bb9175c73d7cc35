// The event file: downloaded, and another one applied, after the host has seen what it changes.

import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { Sheet } from "../../components/sheet";
import { isolate } from "../../store/text";
import { look } from "../app";
import { applyEvent, eventFile, type EventApplied, type EventStep } from "../event-file";
import { save } from "../save";
import type { Denial } from "../wire";
import { sheetWords, type All } from "../words.sheets";
import { why } from "./act-bar";

interface Chosen {
  name: string;
  text: string;
}

/** What is known of the chosen file: what it would change, or has changed. */
interface Found {
  applied: EventApplied;
  isDone: boolean;
}

export function EventSheet(): JSX.Element {
  const say = sheetWords();
  const input = useRef<HTMLInputElement>(null);
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [found, setFound] = useState<Found | null>(null);
  const [problems, setProblems] = useState<string[]>([]);
  const [isBusy, setBusy] = useState(false);

  const wait = async (act: () => Promise<Denial | null>): Promise<void> => {
    if (isBusy) return;
    setBusy(true);
    setProblems([]);
    try {
      const denial = await act();
      if (denial) setProblems(slips(denial, say));
    } catch {
      setProblems([say.unanswered]);
    }
    setBusy(false);
  };

  const apply = (file: Chosen, dryRun: boolean): Promise<void> =>
    wait(async () => {
      const told = await applyEvent(file.text, dryRun);
      if (!told.ok) return told;
      setFound({ applied: told.data, isDone: !dryRun });
      if (!dryRun) look();
      return null;
    });

  const choose = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const picked = { name: file.name, text: await textOf(file) };
    // The same file, changed, can be chosen again.
    input.current!.value = "";
    setChosen(picked);
    setFound(null);
    await apply(picked, true);
  };

  const download = (): Promise<void> =>
    wait(async () => {
      const told = await eventFile();
      if (!told.ok) return told;
      save(new Blob([told.data], { type: "application/toml" }), "event.toml");
      return null;
    });

  const hasSteps = found !== null && !found.isDone && found.applied.steps.length > 0;
  return (
    <Sheet title={say.eventFile}>
      <p class="soft event-hint">{say.eventHint}</p>
      <button type="button" class="button wide" aria-disabled={isBusy} onClick={() => void download()}>
        {say.eventDownload}
      </button>
      {/* The browser's own button speaks the browser's language, and is small. */}
      <label class="button wide event-choice">
        <input
          ref={input}
          id="event-file"
          class="unseen"
          type="file"
          accept=".toml,application/toml,text/plain"
          onChange={(event) => void choose(event.currentTarget.files?.[0])}
        />
        {say.eventChoose}
      </label>
      <section class="event-found" aria-live="polite" aria-busy={isBusy}>
        {chosen && (
          <h3 class="channel">
            <bdi>{chosen.name}</bdi>
          </h3>
        )}
        {isBusy && <p class="soft">{say.eventBusy}</p>}
        {found && !isBusy && <Changes found={found} />}
      </section>
      <div role="alert">
        {problems.length > 0 && (
          <ul class="event-slips">
            {problems.map((problem) => (
              <li key={problem} class="problem">
                {problem}
              </li>
            ))}
          </ul>
        )}
      </div>
      {hasSteps && chosen && (
        <button type="button" class="button primary wide" aria-disabled={isBusy} onClick={() => void apply(chosen, false)}>
          {say.eventApply}
        </button>
      )}
    </Sheet>
  );
}

/** Safari 13 has no `Blob.text`. */
const textOf = (file: File): Promise<string> => new Response(file).text();

/** Why the hub refuses: the slips in a file one by one. */
function slips(denial: Denial, say: All): string[] {
  if (denial.code === "bad_event_file") return denial.message.split("\n");
  return [denial.code === "too_long" ? say.eventTooLong : why(denial, say)];
}

function Changes({ found: { applied, isDone } }: { found: Found }): JSX.Element {
  const say = sheetWords();
  const { steps, leftRooms, leftAnnouncements, leftPolls } = applied;
  const failed = steps.filter(({ error }) => error).length;
  const left = leftRooms.map(({ title, code }) => `${isolate(title)} (${code})`);
  if (leftAnnouncements > 0) left.push(say.eventAnnouncements(leftAnnouncements));
  if (leftPolls > 0) left.push(say.eventPolls(leftPolls));
  return (
    <>
      <p>{steps.length === 0 ? say.eventNothing : isDone ? say.eventDone(steps.length - failed) : say.eventWould}</p>
      <ul class="event-steps">
        {steps.map((step, place) => (
          <li key={place}>
            {inWords(step, say)}
            {step.error && <span class="problem"> {step.error}</span>}
          </li>
        ))}
      </ul>
      {failed > 0 && <p class="problem">{say.eventFailed(failed)}</p>}
      {left.length > 0 && (
        <p class="soft">
          {say.eventLeft} {left.join(", ")}
        </p>
      )}
    </>
  );
}

function inWords(step: EventStep, say: All): string {
  switch (step.change) {
    case "title":
      return say.eventTitle(step.to === null ? say.eventConfigured : isolate(step.to));
    case "language":
      return say.eventLanguage(step.to === null ? say.eventConfigured : (say.languages[step.to] ?? step.to));
    case "room-create":
      return say.eventRoomNew(isolate(step.title));
    case "room-edit": {
      const renamed = step.renamed && isolate(step.renamed);
      const fields = step.changed.map((field) => (field === "title" && renamed ? renamed : (say.fields[field] ?? field)));
      return say.eventRoom(isolate(step.title), fields.join(", "));
    }
    case "room-mode": {
      const every = step.every ? ` (${say.seconds(step.every)})` : "";
      const hereFor = step.hereFor ? ` (${say.hereFor(step.hereFor)})` : "";
      return say.eventRoom(isolate(step.title), `${say.modes[step.mode]}${every}${hereFor}`);
    }
    case "announce":
      return say.eventAnnounce(isolate(step.text), step.room === null ? say.allRoomsShort : isolate(step.room));
    case "poll-prepare":
      return say.eventPoll(isolate(step.question), step.room === null ? say.allRoomsShort : isolate(step.room));
    case "poll-edit":
      return say.eventRoom(isolate(step.question), step.changed.map((field) => say.pollFields[field] ?? field).join(", "));
  }
}
