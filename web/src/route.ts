// Where one is, in the address bar: `/` the lobby, `/r/{code}` a room, `/join` how to get in. The host's page, under
// `/host`, goes its own ways by the same means.
//
// A sheet (people, details, a form) is one step of history too, so that a phone's back button
// closes the sheet and does not leave the room.

import { computed, signal } from "@preact/signals";
import { readPath } from "./store/views";

export type SheetName = "create" | "code" | "people" | "details" | "message" | "find" | "questions" | "report" | "host";

export const path = signal(location.pathname);
const openSheetName = signal<SheetName | null>(null);

export const route = computed(() => readPath(path.value));
export const sheet = computed(() => openSheetName.value);

/** The element that opened the sheet, to give the focus back to. */
let opener: Element | null = null;

window.addEventListener("popstate", () => {
  path.value = location.pathname;
  openSheetName.value = (history.state as { sheet?: SheetName } | null)?.sheet ?? null;
  if (!openSheetName.value && opener instanceof HTMLElement) {
    opener.focus();
    opener = null;
  }
});
// After a reload nothing is open, whatever the history says.
history.replaceState(null, "");

export function go(to: string): void {
  if (to === location.pathname && !openSheetName.value) return;
  // Going somewhere from a sheet takes the sheet's step: back then leads to where it was opened.
  if (openSheetName.value) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  openSheetName.value = null;
  opener = null;
  path.value = to;
}

export function openSheet(name: SheetName): void {
  if (openSheetName.value === name) return;
  if (openSheetName.value) {
    history.replaceState({ sheet: name }, "");
  } else {
    opener = document.activeElement;
    history.pushState({ sheet: name }, "");
  }
  openSheetName.value = name;
}

export function closeSheet(): void {
  if (openSheetName.value) history.back();
}

/** For links: follows inside the page, and leaves new tabs and the like to the browser. */
export function follow(event: MouseEvent): void {
  const link = event.currentTarget as HTMLAnchorElement;
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(new URL(link.href).pathname);
}
