// What a host can do from a sheet, as acts (`deeds.ts`): in the chunk that the sheets are in.

import { isolate } from "../store/text";
import { acts, requests, state } from "./app";
import { messageKey, personKey, post, setEach, type Somebody } from "./deeds";
import { hubNow, settingOf, type Setting } from "./state";
import { readMade, readWallState, type PollLine, type RoomLine, type Said, type Told, type WallState } from "./wire";
import { sheetWords } from "./words.sheets";

export function takeBack(message: Pick<Said, "room" | "seq" | "nickname">): void {
  const say = sheetWords();
  const name = isolate(message.nickname);
  acts.start({
    soon: say.takeBackSoon(name),
    done: say.takeBackDone(name),
    about: [messageKey(message)],
    run: () => post(`rooms/${message.room}/take-back`, { seqs: [message.seq] }),
  });
}

export function kick({ id, nickname }: Somebody): void {
  const say = sheetWords();
  const name = isolate(nickname);
  acts.start({
    soon: say.kickSoon(name),
    done: say.kickDone(name),
    about: [personKey(id)],
    run: () => post(`chatters/${id}/kick`),
  });
}

/**
 * `seconds` is how long their address is banned, too; 0 is for their browser alone. With `door`, newcomers are kept out of the
 * rooms that are open to them, too; undone, those are as they were.
 */
export function ban({ id, nickname }: Somebody, seconds: number, door: Setting | null): void {
  const say = sheetWords();
  const name = isolate(nickname);
  const open = door ? (state.value.rooms ?? []).filter(({ mode }) => mode === "open" || mode === "slow") : [];
  const before = open.map((room) => ({ room, setting: settingOf(room, hubNow(state.value)) }));
  acts.start({
    soon: say.banDone(name),
    done: say.banDone(name),
    undone: say.unbanDone(name),
    about: [personKey(id)],
    async run() {
      const banned = await post(`chatters/${id}/ban`, seconds > 0 ? { addressFor: seconds } : {});
      return banned.ok && door ? setEach(open.map((room) => ({ room, setting: door }))) : banned;
    },
    async undo() {
      const lifted = await post(`chatters/${id}/unban`);
      return lifted.ok ? setEach(before) : lifted;
    },
  });
}

/** `minutes` is how long; `null` until it is lifted. */
export function mute({ id, nickname }: Somebody, minutes: number | null): void {
  const say = sheetWords();
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

/** Gives somebody another name, which they cannot change unless `mayChange`. */
export function rename({ id, nickname }: Somebody, wanted: string, mayChange: boolean): void {
  const say = sheetWords();
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
  const say = sheetWords();
  const name = isolate(nickname);
  acts.start({
    soon: say.takeBackAllSoon(name),
    done: say.takeBackAllDone(name),
    about: [personKey(id)],
    run: () => post(`chatters/${id}/take-back`, which),
  });
}

/** Ends a room, after the host was asked. */
export function endRoom({ id, title }: RoomLine, isDelete: boolean): void {
  const say = sheetWords();
  const done = (isDelete ? say.deleteDone : say.endDone)(isolate(title));
  acts.start({ soon: done, done, isAtOnce: true, run: () => post(`rooms/${id}/${isDelete ? "delete" : "close"}`) });
}

/** Announces to one room or to all, for some minutes or until it is taken down. */
export const announce = (fields: { text: string; room?: string; minutes?: number }): Promise<Told<unknown>> =>
  post("announcements", fields);

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
