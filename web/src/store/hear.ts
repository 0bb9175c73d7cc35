// The hub's events, and the changes they make to a room's state.

import {
  readAnnouncement,
  readAnnouncementGone,
  readChatters,
  readHello,
  readMessage,
  readMuted,
  readPresence,
  readQuestionDropped,
  readReacted,
  readRoomClosed,
  readRoomEdited,
  readRoomHistory,
  readRoomMode,
  readRoomShut,
  readTakenBack,
  readTyping,
  type Message,
} from "../wire";
import { readPoll } from "../wire.polls";
import { fail, unheld } from "./outbox";
import { local, offset } from "./clock";
import { receive } from "./log";
import { withReacted, withTakenBack } from "./past";
import { withPoll } from "./polls";
import { isNews } from "./rows";
import { inMode, TYPING_LASTS, withClosed, withEcho, withNews, withRoster, withTyping, type RoomState } from "./room";

/** A phone's own clock may be set, too. */
const FUTURE = 60_000;

export function heard(state: RoomState, name: string, payload: unknown, now: number, watching: boolean): RoomState {
  switch (name) {
    case "hello": {
      const hello = readHello(payload);
      return hello ? { ...state, clockOffset: offset(hello.time, now) } : state;
    }
    case "sendMessage":
    case "sendAlert": {
      const message = readMessage(payload);
      return message && message.roomId === state.room?.id ? arrived(state, message, now, watching) : state;
    }
    case "returnChatters": {
      const chatters = readChatters(payload);
      return chatters ? withRoster(state, chatters) : state;
    }
    case "presence": {
      const presence = readPresence(payload);
      return presence && presence.roomId === state.room?.id ? { ...state, present: presence.present } : state;
    }
    case "typing": {
      const typing = readTyping(payload);
      return typing ? withTyping(state, typing.chatterId, typing.isTyping ? now + TYPING_LASTS : 0) : state;
    }
    case "roomClosed": {
      const closed = readRoomClosed(payload);
      return closed && closed.roomId === state.room?.id ? withClosed(state, closed.reason) : state;
    }
    case "roomShut": {
      const { room } = state;
      const shut = readRoomShut(payload);
      return room && shut?.roomId === room.id ? { ...state, room: { ...room, isShut: shut.isShut } } : state;
    }
    case "muted":
      // What waited for the host waits no more.
      return { ...state, muted: readMuted(payload) ?? state.muted, outbox: unheld(state.outbox) };
    case "unmuted":
      return { ...state, muted: null };
    case "questionDropped": {
      const dropped = readQuestionDropped(payload);
      return dropped && dropped.roomId === state.room?.id
        ? { ...state, outbox: fail(state.outbox, dropped.key, "not_let_through") }
        : state;
    }
    case "announcement": {
      const one = readAnnouncement(payload);
      const others = state.announcements.filter(({ id }) => id !== one?.id);
      return one && (one.roomId ?? state.room?.id) === state.room?.id
        ? { ...state, announcements: [...others, one] }
        : state;
    }
    case "announcementGone": {
      const gone = readAnnouncementGone(payload)?.id;
      return { ...state, announcements: state.announcements.filter(({ id }) => id !== gone) };
    }
    case "poll": {
      const poll = readPoll(payload);
      const isHere = poll && (poll.roomId ?? state.room?.id) === state.room?.id;
      return isHere ? { ...state, polls: withPoll(state.polls, poll) } : state;
    }
    case "roomMode": {
      const { room } = state;
      const { roomId, mode, every = 0, hereFor = 0 } = readRoomMode(payload) ?? {};
      return room && mode && roomId === room.id ? inMode(state, { ...room, mode, every, hereFor }, now) : state;
    }
    case "roomHistory": {
      const { room } = state;
      const changed = readRoomHistory(payload);
      return room && changed?.roomId === room.id ? { ...state, room: { ...room, history: changed.history } } : state;
    }
    case "roomEdited": {
      const { room } = state;
      const { roomId, title, capacity, isPassword, position = 0, questions } = readRoomEdited(payload) ?? {};
      const isHere = room && title !== undefined && roomId === room.id;
      if (!isHere) return state;
      const { questions: _, ...rest } = room;
      const edited = { ...rest, title, capacity: capacity ?? 0, isPassword: isPassword ?? false, position };
      return { ...state, room: questions ? { ...edited, questions } : edited };
    }
    case "reactions": {
      const reacted = readReacted(payload);
      const isHere = (payload as { roomId?: unknown } | null)?.roomId === state.room?.id;
      return reacted && isHere ? withReacted(state, reacted) : state;
    }
    case "messageTakenBack": {
      const taken = readTakenBack(payload);
      return taken && taken.roomId === state.room?.id
        ? { ...withTakenBack(state, [taken.seq]), takenBack: state.takenBack + 1 }
        : state;
    }
    default:
      return state;
  }
}

function arrived(state: RoomState, message: Message, now: number, watching: boolean): RoomState {
  const echoed = withEcho({ ...state, clockOffset: offsetBy(state, message, now) }, message);
  return told({ ...echoed, log: receive(echoed.log, message) }, message, watching);
}

/** The hub's time never goes back, so a message from the future says that its clock was set forward since it said hello. */
function offsetBy({ clockOffset }: RoomState, { sentAt }: Message, now: number): number {
  return local(sentAt, clockOffset) - now > FUTURE ? offset(sentAt, now) : clockOffset;
}

/** Consequences of a new message: names, and where the line "new" belongs. */
export function told(state: RoomState, message: Message, watching: boolean): RoomState {
  const next = withNews(state, message);
  const isNew = isNews(message, state.me?.id ?? null, state.hidden);
  return isNew && !watching && next.unreadFrom === null ? { ...next, unreadFrom: message.seq } : next;
}
