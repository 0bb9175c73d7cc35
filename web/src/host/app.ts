// The state that all views of the host's page share.

import { computed, signal } from "@preact/signals";
import type { PollResults } from "../wire.polls";
import { browserMemory } from "../client/storage";
import { go, openSheet, path } from "../route";
import { Acts } from "./acts";
import { forgetKey, keepKey, keptKey, readLink, type HostKey } from "./key";
import { Requests } from "./requests";
import { Numbers } from "./sign";
import { Speech } from "./speech";
import { NOTHING, type HostState } from "./state";
import { Watch, type View, type Way } from "./watch";
import { readAny, type Person, type Said } from "./wire";

const memory = browserMemory();
const numbers = new Numbers(memory);

export const state = signal<HostState>(NOTHING);
export const way = signal<Way>({ name: "open" });
/** Whether the page was opened with a link that is not whole. */
export const isBadLink = signal(false);
export const key = signal<HostKey | null>(null);

export let requests: Requests;
let watch: Watch | null = null;
/** Looks at the hub now. */
export const look = (): void => watch?.look();
export const acts = new Acts(look);
export const speech = new Speech(
  (room, content, key) => requests.act("POST", `rooms/${room}/say`, { content, key }, readAny),
  look,
);

/** What is to be announced; it stays when its sheet is closed. `room` is "" for all, `minutes` 0 until it is taken down. */
export const NO_ANNOUNCEMENT = { text: "", room: "", minutes: 0 };
export const announcement = signal(NO_ANNOUNCEMENT);

/** What is to be asked; it stays when its sheet is closed. `minutes` 0 is until the host closes it. */
export const NO_POLL = {
  question: "",
  answers: ["", ""],
  multiple: false,
  results: "at_once" as PollResults,
  room: "",
  minutes: 0,
};
export const poll = signal(NO_POLL);

/** The tabs, in their order. */
export const TABS = ["now", "rooms", "people", "reports", "log"] as const;
export type Tab = (typeof TABS)[number];

/** The view of the path: `/host`, `/host/rooms`, `/host/rooms/{code}`. */
export const view = computed<View>(() => {
  const [, , tab, code] = path.value.split("/");
  if (tab === "rooms" && code) return { name: "room", code };
  return { name: TABS.find((one) => one === tab) ?? "now" };
});

export const placeOf = (tab: Tab): string => (tab === "now" ? "/host" : `/host/${tab}`);
export const openRoom = (code: string): void => go(`/host/rooms/${code}`);
export const isHost = (): boolean => state.value.role === "host";

/** What the open sheet is about. */
export type About =
  | { kind: "message"; message: Said }
  | { kind: "person"; person: Pick<Person, "id" | "nickname"> & { room: string | null } }
  | { kind: "ban" | "mute" | "rename"; person: Pick<Person, "id" | "nickname"> }
  | { kind: "edit" | "wall"; room: string }
  | { kind: "end"; room: string; isDelete: boolean }
  | { kind: "newRoom" | "announce" | "poll" | "event" };

export const about = signal<About | null>(null);

export function openAbout(one: About): void {
  about.value = one;
  openSheet("host");
}

/** Takes a key that stands in the address out of it, before anything else can see it there. */
export function takeLink(): void {
  const { hash } = location;
  if (hash !== "") history.replaceState(history.state, "", location.pathname);
  const link = readLink(hash);
  isBadLink.value = hash.length > 1 && link === null;
  begin(link ? keepKey(memory, link) : keptKey(memory));
}

/** Begins again with the key that is kept. */
export const retry = (): void => begin(key.value);

export function forget(): void {
  forgetKey(memory);
  begin(null);
}

function begin(held: HostKey | null): void {
  watch?.watch(view.value, false);
  watch = null;
  key.value = held;
  state.value = NOTHING;
  way.value = { name: "open" };
  if (!held) return;
  requests = new Requests(held, numbers);
  const own = new Watch(requests, (now, how) => {
    if (watch !== own) return;
    state.value = now;
    way.value = how;
  });
  watch = own;
  lookOn();
}

/** Looks at what the open view shows while somebody looks; what waits is done before the page goes. */
export function lookOn(): void {
  if (document.hidden) acts.hurry();
  watch?.watch(view.value, !document.hidden);
}
