// What the lobby's sheets say, in English.

import type { FormWords } from "./words.forms.ko";

export const en: FormWords = {
  title: "Title",
  titleHint: "What is it about?",
  titleMissing: "Give the room a title.",
  channel: "Channel",
  newChannel: "New channel",
  channelHint: "Channel name",
  channelBad: "Name the channel, without comma, ?, # or brackets.",
  capacity: "People",
  noLimit: "No limit",
  passwordHint: "No password: open to all",
  history: "Whoever comes later reads",
  historyAll: "Everything from the beginning",
  historyJoined: "Only from when they came",
  createNow: "Make it and go in",
  creating: "Making it…",
  codeHint: "e.g. K7PMX3",
  codeExplain: "Ask somebody in the room for its code. Pasting a room’s link works too.",
  codeUnknown: "No room has that code. Please check it.",
  codeMissing: "Type a room code.",
};
