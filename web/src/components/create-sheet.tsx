import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { api, hint, limits, lobby } from "../app";
import { channels, PLAZA } from "../store/lobby";
import { isBlank, isChannel, length } from "../store/text";
import { go } from "../route";
import type { History } from "../wire";
import { formWords } from "../words.forms";
import { Field } from "./field";
import { Sheet } from "./sheet";

const CAPACITIES = [0, 2, 4, 8, 16, 32, 64];
const NEW = "\u0000new";

export function CreateSheet(): JSX.Element {
  const say = formWords();
  const known = channels(lobby.value.rooms ?? []).map((channel) => channel.namespace);
  const [title, setTitle] = useState("");
  const [channel, setChannel] = useState(PLAZA);
  const [newChannel, setNewChannel] = useState("");
  const [capacity, setCapacity] = useState(0);
  const [password, setPassword] = useState("");
  const [chosen, setHistory] = useState<History | null>(null);
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);

  const most = limits();
  const namespace = (channel === NEW ? newChannel : channel).trim().normalize("NFC");
  // Behind a password people speak among themselves; a choice made by hand stays.
  const history = chosen ?? (password === "" ? "all" : "joined");
  const titleMissing = isBlank(title);
  const channelBad = !isChannel(namespace, most.namespace);
  const ready = !titleMissing && !channelBad && length(title) <= most.title && length(password) <= most.password;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (!ready || busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      const answer = await api.createRoom({ title: title.trim(), namespace, capacity, password, history });
      if (answer.ok) {
        hint.room = answer.data;
        hint.password = password || null;
        return go(`/r/${answer.data.code}`);
      }
      setRefusal(say.refused[answer.refusal.code].join(". "));
    } catch {
      setRefusal(say.hubLost);
    }
    setBusy(false);
  };

  const radio = (name: string, value: string, label: string, checked: boolean, choose: () => void): JSX.Element => (
    <label class="chip" key={value}>
      <input type="radio" name={name} value={value} checked={checked} onChange={choose} />
      <span>
        <bdi>{label}</bdi>
      </span>
    </label>
  );

  return (
    <Sheet title={say.create}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Field
          id="create-title"
          label={say.title}
          hint={say.titleHint}
          value={title}
          onInput={setTitle}
          limit={most.title}
          problem={tried && titleMissing ? say.titleMissing : null}
          autofocus
        />
        <fieldset class="field">
          <legend>{say.channel}</legend>
          <div class="chips">
            {[...new Set([PLAZA, ...known])].map((name) =>
              radio("channel", name, name === PLAZA ? say.plaza : name, channel === name, () => setChannel(name)),
            )}
            {radio("channel", NEW, `+ ${say.newChannel}`, channel === NEW, () => setChannel(NEW))}
          </div>
        </fieldset>
        {channel === NEW && (
          <Field
            id="create-channel"
            label={say.newChannel}
            hint={say.channelHint}
            value={newChannel}
            onInput={setNewChannel}
            problem={(tried || newChannel !== "") && channelBad ? say.channelBad : null}
          />
        )}
        <fieldset class="field">
          <legend>{say.capacity}</legend>
          <div class="chips">
            {CAPACITIES.map((count) =>
              radio("capacity", String(count), count ? String(count) : say.noLimit, capacity === count, () =>
                setCapacity(count),
              ),
            )}
          </div>
        </fieldset>
        <Field
          id="create-password"
          type="password"
          label={say.password}
          hint={say.passwordHint}
          value={password}
          onInput={setPassword}
          limit={most.password}
          inputProps={{ autocomplete: "new-password" }}
        />
        <fieldset class="field">
          <legend>{say.history}</legend>
          <div class="chips">
            {radio("history", "all", say.historyAll, history === "all", () => setHistory("all"))}
            {radio("history", "joined", say.historyJoined, history === "joined", () => setHistory("joined"))}
          </div>
        </fieldset>
        <p class="problem" role="alert">
          {refusal}
        </p>
        <button type="submit" class="button primary wide" aria-disabled={busy}>
          {busy ? say.creating : say.createNow}
        </button>
      </form>
    </Sheet>
  );
}
