// Which messages one wants to hear or feel. Pure.

import type { Id } from "../wire";
import type { RoomState } from "./room";
import { isNews } from "./rows";
import { names } from "./stays";

/** For which messages: none, those that name the reader, or all. */
export const CHOICES = ["off", "mentions", "all"] as const;
export type Choice = (typeof CHOICES)[number];

export const readChoice = (kept: string | null): Choice => CHOICES.find((choice) => choice === kept) ?? "off";

/** What is new in a log after `seq`: a message that names the reader, any other, or nothing that concerns them. */
export function newsAfter({ log, me, hidden }: RoomState, seq: number): "mention" | "message" | null {
  const id: Id | null = me?.id ?? null;
  let found: "message" | null = null;
  for (let at = log.messages.length - 1; at >= 0 && log.messages[at]!.seq > seq; at -= 1) {
    const message = log.messages[at]!;
    if (!isNews(message, id, hidden)) continue;
    if (names(message, id)) return "mention";
    found = "message";
  }
  return found;
}

export const wants = (choice: Choice, news: "mention" | "message"): boolean =>
  choice === "all" || (choice === "mentions" && news === "mention");
