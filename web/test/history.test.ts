import { afterEach, describe, expect, it, vi } from "vitest";
import golden from "../golden/room.json";
import { httpApi } from "../src/client/http";
import { beginning, silence } from "../src/store/history";
import { open } from "../src/store/log";
import { newRoom, withTyping, type RoomState } from "../src/store/room";
import { historyOf, readRoom, type Message } from "../src/wire";
import { en } from "../src/words.en";
import { ko } from "../src/words.ko";
import { en as enSheets } from "../src/words.sheets.en";
import { ko as koSheets } from "../src/words.sheets.ko";
import { alerted, chatter, said } from "./kit";

const NOW = 1_000_000;
const joined = (seq: number, who: string): Message => alerted(seq, who, { kind: "joined", count: 1 });

/** A room as it stands once its newest page is here; `firstSeq` is the first that this reader may read. */
function opened(messages: Message[], firstSeq: number, more: Partial<RoomState> = {}): RoomState {
  const state = { ...newRoom("K7PMX3"), me: chatter("me"), ...more };
  const lastSeq = messages[messages.length - 1]?.seq ?? 0;
  return { ...state, log: open(state.log, messages, lastSeq, false, firstSeq) };
}

describe("where the history begins", () => {
  it("is the room's beginning, one's own coming, or where messages are no longer kept", () => {
    expect(beginning(opened([joined(1, "me")], 1))).toBe("room");
    expect(beginning(opened([joined(9, "me")], 9))).toBe("came");
    expect(beginning(opened([said(9)], 9, { pruned: true }))).toBe("pruned");
  });

  it("is not yet known while there are older messages", () => {
    const state = opened([], 1);
    expect(beginning({ ...state, log: open(state.log, [said(9)], 9, true, 1) })).toBe("older");
  });
});

describe("an empty room", () => {
  it("is quiet only where nothing was said since its beginning", () => {
    expect(silence(opened([joined(1, "owl"), joined(2, "me")], 1), NOW)).toBe("room");
    expect(silence(opened([joined(30, "me")], 30), NOW)).toBe("came");
  });

  it("is not called so where something was said, by whomever and however", () => {
    const note = alerted(2, "owl", { kind: "note", count: 1 });
    for (const one of [said(2), said(2, "me"), { ...said(2), takenBack: true }, note]) {
      expect(silence(opened([joined(1, "me"), one], 1), NOW)).toBeNull();
    }
  });

  it("is not called so while older messages may still come, or are no longer kept", () => {
    const state = opened([], 1);
    expect(silence({ ...state, log: open(state.log, [joined(60, "me")], 60, true, 1) }, NOW)).toBeNull();
    expect(silence(opened([joined(60, "me")], 60, { pruned: true }), NOW)).toBeNull();
  });

  it("is not called so while somebody writes", () => {
    const names = new Map([["owl", "owl"]]);
    const state = withTyping(opened([joined(1, "me")], 1, { names }), "owl", NOW + 3_000);
    expect(silence(state, NOW)).toBeNull();
    expect(silence(state, NOW + 3_001)).toBe("room");
  });
});

describe("a room's history", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is from one's own coming where the hub does not say, or says something new", () => {
    for (const [said, read] of [[undefined, "joined"], ["joined", "joined"], ["all", "all"], ["some", "joined"]]) {
      expect(historyOf(readRoom({ ...golden, history: said })!)).toBe(read);
    }
  });

  it("is told to the hub with a new room", async () => {
    const sent = vi.fn((_path: string, _init: RequestInit) =>
      Promise.resolve(new Response(JSON.stringify({ success: true, message: "", data: { ...golden, history: "all" } }))),
    );
    vi.stubGlobal("fetch", sent);
    const room = { title: "a", namespace: "anonymous", capacity: 0, password: "", history: "all" } as const;
    expect(await httpApi(() => null).createRoom(room)).toMatchObject({ ok: true, data: { history: "all" } });
    expect(JSON.parse(String(sent.mock.calls[0]![1].body))).toEqual({ ...room, isPassword: false });
  });

  it("has words of its own for each", () => {
    for (const say of [{ ...ko, ...koSheets }, { ...en, ...enSheets }]) {
      const all = [say.begin, say.beginForYou, say.beginPruned, say.quiet, say.fromNow, say.readsAll, say.readsJoined];
      expect(new Set(all).size).toBe(all.length);
    }
  });
});
