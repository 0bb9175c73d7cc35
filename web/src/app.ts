// The state that all views share: the hub over HTTP, this browser's memory, the lobby's state.

import { effect, signal } from "@preact/signals";
import { showNew } from "./badge";
import { httpApi, type Api } from "./client/http";
import { reads, tidy } from "./client/keeper";
import { Identity } from "./client/identity";
import { EMPTY, Lobby, type LobbyState } from "./client/lobby";
import { browserMemory, keepsCookies } from "./client/storage";
import { behind } from "./store/lobby";
import type { Stays } from "./store/stays";
import type { Limits, Room } from "./wire";
import { hubSpeaks } from "./words";

export const memory = browserMemory();
export const api: Api = httpApi(() => identity.token);
export const identity = new Identity(memory, api.identity, keepsCookies);
tidy(memory, Date.now());

export const lobby = signal<LobbyState>(EMPTY);
export const lobbyWatch = new Lobby(api, (state) => {
  lobby.value = state;
  if (!state.hub) return;
  memory.set("cola.name", state.hub.name);
  hubSpeaks(state.hub.language);
}, (rooms) => behind(rooms, reads(memory)));

/** The hub's name; until it has answered, what it was called last time. */
export const hubName = (): string | null => lobby.value.hub?.name ?? memory.get("cola.name");

// The contract's own limits, until the hub has said its.
const LIMITS: Limits = { title: 30, password: 12, nickname: 10, content: 1000, namespace: 64, rosterLimit: 50 };
export const limits = (): Limits => lobby.value.hub?.limits ?? LIMITS;

/** A room that was just made or found, with the password just typed: saves asking for either again. */
export const hint: { room: Room | null; password: string | null } = { room: null, password: null };

/** The rooms that one is in (`rooms.ts` knows, once it is here). */
export const stays = signal<Stays>(new Map());

/** The tab's title, and how much is new for it to say. */
export const title = signal("");
export const news = signal(0);
effect(() => void (title.value && showNew(title.value, news.value)));
