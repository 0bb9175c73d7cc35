// What a host can do, as acts: the call, the words before and after it, and how it is undone. What starts in a sheet is in
// `deeds.sheets.ts`.

import { isolate } from "../store/text";
import { acts, requests, state } from "./app";
import type { Opposite } from "./opposites";
import { hubNow, settingOf, type Setting } from "./state";
import { hostWords } from "./words";
import {
  readAny,
  type Announced,
  type Asked,
  type Banned,
  type Person,
  type PollLine,
  type PreparedLine,
  type Reported,
  type RoomLine,
  type Said,
  type Told,
  type Waiting,
} from "./wire";

export type Somebody = Pick<Person, "id" | "nickname">;

export const post = (path: string, fields: object = {}): Promise<Told<unknown>> => requests.act("POST", path, fields, readAny);

export const messageKey = ({ room, seq }: Pick<Said, "room" | "seq">): string => `message ${room} ${seq}`;
export const personKey = (id: string): string => `person ${id}`;
export const announcedKey = (id: string): string => `announced ${id}`;
export const pollKey = (id: string): string => `poll ${id}`;
export const waitingKey = (id: number): string => `waiting ${id}`;
export const reportKey = (id: number): string => `report ${id}`;

/** Marks a question as answered, or takes the mark off. */
export function markAnswered(room: RoomLine, { seq, nickname, isAnswered }: Asked): void {
  const say = hostWords();
  const name = isolate(nickname);
  const call = (on: boolean): Promise<Told<unknown>> => post(`rooms/${room.id}/answered`, { seq, on });
  const words = (on: boolean): string => (on ? say.answeredDone : say.answeredNot)(name);
  acts.start({
    soon: words(!isAnswered),
    done: words(!isAnswered),
    undone: words(isAnswered),
    run: () => call(!isAnswered),
    undo: () => call(isAnswered),
  });
}

/** Lets a question that waits into its room. */
export function letThrough({ id, nickname }: Waiting): void {
  const say = hostWords();
  acts.start({
    soon: say.letThroughDone(isolate(nickname)),
    done: say.letThroughDone(isolate(nickname)),
    about: [waitingKey(id)],
    run: () => post(`held/${id}/let-through`),
  });
}

/** Takes a question back that waits: nobody else reads it. */
export function dropWaiting({ id, nickname }: Waiting): void {
  const say = hostWords();
  const name = isolate(nickname);
  acts.start({
    soon: say.takeBackSoon(name),
    done: say.takeBackDone(name),
    about: [waitingKey(id)],
    run: () => requests.act("DELETE", `held/${id}`, {}, readAny),
  });
}

/** Whether the host reads a room's questions first. */
export function setQuestions({ id, questions }: RoomLine, wanted: "open" | "held"): void {
  const say = hostWords();
  const call = (to: string): Promise<Told<unknown>> => post(`rooms/${id}/edit`, { questions: to });
  acts.start({
    soon: say.questionsDone[wanted],
    done: say.questionsDone[wanted],
    undone: say.questionsDone[questions ?? "open"],
    run: () => call(wanted),
    undo: () => call(questions ?? "open"),
  });
}

/** Takes a reported message back, and strikes the report off. */
export function takeBackReported(report: Reported): void {
  const say = hostWords();
  const name = isolate(report.nickname);
  acts.start({
    soon: say.takeBackSoon(name),
    done: say.takeBackDone(name),
    about: [reportKey(report.id), messageKey(report)],
    async run() {
      const taken = await post(`rooms/${report.room}/take-back`, { seqs: [report.seq] });
      return taken.ok ? post(`reports/${report.id}/done`) : taken;
    },
  });
}

export function strikeOff(report: Reported): void {
  const say = hostWords();
  acts.start({
    soon: say.reportSoon,
    done: say.reportIsDone,
    about: [reportKey(report.id)],
    run: () => post(`reports/${report.id}/done`),
  });
}

export function unmute({ id, nickname }: Somebody): void {
  const done = hostWords().unmuteDone(isolate(nickname));
  acts.start({ soon: done, done, isAtOnce: true, about: [personKey(id)], run: () => post(`chatters/${id}/unmute`) });
}

export function setMode(room: RoomLine, setting: Setting): void {
  const say = hostWords();
  const call = (to: Setting): Promise<Told<unknown>> => post(`rooms/${room.id}/mode`, to);
  const before = settingOf(room, hubNow(state.value));
  const words = (to: Setting): string => say.modeDone(isolate(room.title), say.modes[to.mode]);
  acts.start({
    soon: words(setting),
    done: words(setting),
    undone: words(before),
    run: () => call(setting),
    undo: () => call(before),
  });
}

/** Sets the modes of some rooms, each to its own. Answers with the last refusal, if there was one. */
export async function setEach(all: readonly { room: RoomLine; setting: Setting }[]): Promise<Told<unknown>> {
  let told: Told<unknown> = { ok: true, data: true };
  for (const { room, setting } of all) {
    const one = await post(`rooms/${room.id}/mode`, setting);
    // One that has ended meanwhile keeps nobody from the others.
    if (!one.ok && one.code !== "expired" && one.code !== "no_such_room") told = one;
  }
  return told;
}

/** Sets the mode of all rooms. Undone, each has its own again. */
export function setAllModes(rooms: readonly RoomLine[], setting: Setting): void {
  const say = hostWords();
  const before = rooms.map((room) => ({ room, setting: settingOf(room, hubNow(state.value)) }));
  acts.start({
    soon: say.allModesDone(say.modes[setting.mode]),
    done: say.allModesDone(say.modes[setting.mode]),
    undone: say.allModesUndone,
    run: () => post("mode", setting),
    undo: () => setEach(before),
  });
}

export function unban({ id, nickname }: Banned): void {
  const done = hostWords().unbanDone(isolate(nickname));
  acts.start({ soon: done, done, isAtOnce: true, about: [personKey(id)], run: () => post(`chatters/${id}/unban`) });
}

export function lock({ id, title }: RoomLine, isShut: boolean): void {
  const say = hostWords();
  const words = (shut: boolean): string => (shut ? say.shutDone : say.openDone)(isolate(title));
  const call = (shut: boolean): Promise<Told<unknown>> => post(`rooms/${id}/${shut ? "lock" : "unlock"}`);
  acts.start({
    soon: words(isShut),
    done: words(isShut),
    undone: words(!isShut),
    run: () => call(isShut),
    undo: () => call(!isShut),
  });
}

export function setHistory({ id, history }: RoomLine, wanted: RoomLine["history"]): void {
  const say = hostWords();
  const call = (to: string): Promise<Told<unknown>> => post(`rooms/${id}/history`, { history: to });
  acts.start({
    soon: say.historyDone,
    done: say.historyDone,
    undone: say.historyDone,
    run: () => call(wanted),
    undo: () => call(history),
  });
}

export function takeDown({ id }: Announced): void {
  const say = hostWords();
  acts.start({
    soon: say.takeDownSoon,
    done: say.takeDownDone,
    about: [announcedKey(id)],
    run: () => requests.act("DELETE", `announcements/${id}`, {}, readAny),
  });
}

export function closePoll({ id }: PollLine): void {
  const say = hostWords();
  acts.start({ soon: say.closePollSoon, done: say.closePollDone, about: [pollKey(id)], run: () => post(`polls/${id}/close`) });
}

export const CLOCK = "clock";

/** Sets the hub's time to this phone's. */
export function setClock(): void {
  const say = hostWords();
  acts.start({
    soon: say.clockSoon,
    done: say.clockDone,
    about: [CLOCK],
    // As late as can be.
    run: () => post("clock", { now: Date.now() }),
  });
}

/** Forgets the time that a host has set. */
export function forgetClock(): void {
  const say = hostWords();
  acts.start({
    soon: say.clockForgetSoon,
    done: say.clockForgetDone,
    about: [CLOCK],
    run: () => requests.act("DELETE", "clock", {}, readAny),
  });
}

/** Asks a prepared poll: one tap, since it was thought over before. */
export function askPrepared({ id }: PreparedLine): void {
  const done = hostWords().askPreparedDone;
  const key = `ask ${id}`;
  if (acts.concerns(key)) return;
  acts.start({ soon: done, done, isAtOnce: true, about: [key], run: () => post(`polls/prepared/${id}/ask`) });
}

export function dropPrepared({ id }: PreparedLine): void {
  const say = hostWords();
  acts.start({
    soon: say.dropPreparedSoon,
    done: say.dropPreparedDone,
    about: [pollKey(id)],
    run: () => requests.act("DELETE", `polls/prepared/${id}`, {}, readAny),
  });
}

/** Gives somebody back the name that they had, which they may change. */
function renameBack({ id, from, to }: Extract<Opposite, { name: "rename" }>): void {
  const say = hostWords();
  const call = (nickname: string): Promise<Told<unknown>> => post(`chatters/${id}/rename`, { nickname, mayChange: true });
  acts.start({
    soon: say.renameDone(isolate(to)),
    done: say.renameDone(isolate(to)),
    undone: say.renameDone(isolate(from)),
    about: [personKey(id)],
    run: () => call(to),
    undo: () => call(from),
  });
}

/** Does the opposite of what a line of the log says. */
export function doOpposite(opposite: Opposite): void {
  switch (opposite.name) {
    case "unmute":
      return unmute(opposite.mute);
    case "unban":
      return unban(opposite.ban);
    case "rename":
      return renameBack(opposite);
    case "mode":
      return setMode(opposite.room, opposite.to);
    case "allModes":
      return setAllModes(state.value.rooms ?? [], opposite.to);
    case "history":
      return setHistory(opposite.room, opposite.to);
    case "takeDown":
      return takeDown(opposite.announced);
  }
}
