// What a host can do, as acts: the call, the words before and after it, and how it is undone.

import { isolate } from "../store/text";
import { acts, requests } from "./app";
import { settingOf, type Setting } from "./state";
import { hostWords } from "./words";
import {
  readAny,
  readMade,
  readWallState,
  type Announced,
  type Asked,
  type Banned,
  type Person,
  type PollLine,
  type Reported,
  type RoomLine,
  type Said,
  type Told,
  type Waiting,
  type WallState,
} from "./wire";

export type Somebody = Pick<Person, "id" | "nickname">;

const post = (path: string, fields: object = {}): Promise<Told<unknown>> => requests.act("POST", path, fields, readAny);

export const messageKey = ({ room, seq }: Pick<Said, "room" | "seq">): string => `message ${room} ${seq}`;
export const personKey = (id: string): string => `person ${id}`;
export const announcedKey = (id: string): string => `announced ${id}`;
export const pollKey = (id: string): string => `poll ${id}`;
export const waitingKey = (id: number): string => `waiting ${id}`;
export const reportKey = (id: number): string => `report ${id}`;

export function takeBack(message: Pick<Said, "room" | "seq" | "nickname">): void {
  const say = hostWords();
  const name = isolate(message.nickname);
  acts.start({
    soon: say.takeBackSoon(name),
    done: say.takeBackDone(name),
    about: [messageKey(message)],
    run: () => post(`rooms/${message.room}/take-back`, { seqs: [message.seq] }),
  });
}

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

export function kick({ id, nickname }: Somebody): void {
  const say = hostWords();
  const name = isolate(nickname);
  acts.start({
    soon: say.kickSoon(name),
    done: say.kickDone(name),
    about: [personKey(id)],
    run: () => post(`chatters/${id}/kick`),
  });
}

/** `seconds` is how long their address is banned, too; 0 is for their browser alone. */
export function ban({ id, nickname }: Somebody, seconds: number): void {
  const say = hostWords();
  const name = isolate(nickname);
  acts.start({
    soon: say.banDone(name),
    done: say.banDone(name),
    undone: say.unbanDone(name),
    about: [personKey(id)],
    run: () => post(`chatters/${id}/ban`, seconds > 0 ? { addressFor: seconds } : {}),
    undo: () => post(`chatters/${id}/unban`),
  });
}

/** `minutes` is how long; `null` until it is lifted. */
export function mute({ id, nickname }: Somebody, minutes: number | null): void {
  const say = hostWords();
  const name = isolate(nickname);
  acts.start({
    soon: say.muteDone(name),
    done: say.muteDone(name),
    undone: say.unmuteDone(name),
    about: [personKey(id)],
    run: () => post(`chatters/${id}/mute`, minutes === null ? {} : { minutes }),
    undo: () => post(`chatters/${id}/unmute`),
  });
}

export function unmute({ id, nickname }: Somebody): void {
  const done = hostWords().unmuteDone(isolate(nickname));
  acts.start({ soon: done, done, isAtOnce: true, about: [personKey(id)], run: () => post(`chatters/${id}/unmute`) });
}

/** Gives somebody another name, which they cannot change unless `mayChange`. */
export function rename({ id, nickname }: Somebody, wanted: string, mayChange: boolean): void {
  const say = hostWords();
  const call = (name: string, isTheirs: boolean): Promise<Told<unknown>> =>
    post(`chatters/${id}/rename`, { nickname: name, mayChange: isTheirs });
  acts.start({
    soon: say.renameDone(isolate(wanted)),
    done: say.renameDone(isolate(wanted)),
    undone: say.renameDone(isolate(nickname)),
    about: [personKey(id)],
    run: () => call(wanted, mayChange),
    undo: () => call(nickname, true),
  });
}

/** Takes back what somebody has said in all rooms: so many messages, or those of the last minutes. */
export function takeBackAll({ id, nickname }: Somebody, which: { last: number } | { minutes: number }): void {
  const say = hostWords();
  const name = isolate(nickname);
  acts.start({
    soon: say.takeBackAllSoon(name),
    done: say.takeBackAllDone(name),
    about: [personKey(id)],
    run: () => post(`chatters/${id}/take-back`, which),
  });
}

export function setMode(room: RoomLine, setting: Setting): void {
  const say = hostWords();
  const call = (to: Setting): Promise<Told<unknown>> => post(`rooms/${room.id}/mode`, to);
  const before = settingOf(room, Date.now());
  const words = (to: Setting): string => say.modeDone(isolate(room.title), say.modes[to.mode]);
  acts.start({
    soon: words(setting),
    done: words(setting),
    undone: words(before),
    run: () => call(setting),
    undo: () => call(before),
  });
}

/** Sets the mode of all rooms. Undone, each has its own again. */
export function setAllModes(rooms: readonly RoomLine[], setting: Setting): void {
  const say = hostWords();
  const before = rooms.map((room) => ({ room, setting: settingOf(room, Date.now()) }));
  acts.start({
    soon: say.allModesDone(say.modes[setting.mode]),
    done: say.allModesDone(say.modes[setting.mode]),
    undone: say.allModesUndone,
    run: () => post("mode", setting),
    async undo() {
      let told: Told<unknown> = { ok: true, data: true };
      for (const { room, setting: own } of before) {
        const one = await post(`rooms/${room.id}/mode`, own);
        // One that has ended meanwhile keeps nobody from the others.
        if (!one.ok && one.code !== "expired" && one.code !== "no_such_room") told = one;
      }
      return told;
    },
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

/** Ends a room, after the host was asked. */
export function endRoom({ id, title }: RoomLine, isDelete: boolean): void {
  const say = hostWords();
  const done = (isDelete ? say.deleteDone : say.endDone)(isolate(title));
  acts.start({ soon: done, done, isAtOnce: true, run: () => post(`rooms/${id}/${isDelete ? "delete" : "close"}`) });
}

/** Announces to one room or to all, for some minutes or until it is taken down. */
export const announce = (fields: { text: string; room?: string; minutes?: number }): Promise<Told<unknown>> =>
  post("announcements", fields);

export function takeDown({ id }: Announced): void {
  const say = hostWords();
  acts.start({
    soon: say.takeDownSoon,
    done: say.takeDownDone,
    about: [announcedKey(id)],
    run: () => requests.act("DELETE", `announcements/${id}`, {}, readAny),
  });
}

export interface NewPoll {
  question: string;
  options: string[];
  multiple: boolean;
  results: PollLine["results"];
  room?: string;
  minutes?: number;
}

/** Asks one room or all, for some minutes or until the host closes it. */
export const makePoll = (fields: NewPoll): Promise<Told<unknown>> => post("polls", fields);

export function closePoll({ id }: PollLine): void {
  const say = hostWords();
  acts.start({ soon: say.closePollSoon, done: say.closePollDone, about: [pollKey(id)], run: () => post(`polls/${id}/close`) });
}

export interface NewRoom {
  title: string;
  capacity: number;
  password?: string;
  history: RoomLine["history"];
}

export interface RoomEdit {
  title?: string;
  capacity?: number;
  /** `null` removes it. */
  password?: string | null;
  position?: number | null;
}

/** Changes a room; people stay in it. */
export const editRoom = ({ id }: RoomLine, edit: RoomEdit): Promise<Told<unknown>> => post(`rooms/${id}/edit`, edit);

export interface WallChange {
  view?: string;
  /** In seconds. */
  delay?: number;
  /** Whether there is a link that opens it for any room. */
  link?: boolean;
}

export const wallOf = ({ id }: RoomLine): Promise<Told<WallState>> => requests.get(`rooms/${id}/wall`, readWallState);

export const setWall = ({ id }: RoomLine, change: WallChange): Promise<Told<WallState>> =>
  requests.act("POST", `rooms/${id}/wall`, change, readWallState);

export const makeRoom = (room: NewRoom): Promise<Told<{ room: string; code: string }>> =>
  requests.act("POST", "rooms", room, readMade);
