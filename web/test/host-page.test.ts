// The host's page without a screen: the queue of requests, what can be undone, and what the looks at the hub add up to.

import { readFileSync } from "node:fs";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { Unreachable } from "../src/client/http";
import { mapMemory } from "../src/client/storage";
import { Acts, SHOWN, WAITS, type Act } from "../src/host/acts";
import { sizeText, spanOf } from "../src/host/figures";
import { Requests, type Send } from "../src/host/requests";
import { Numbers } from "../src/host/sign";
import { aboutWhat } from "../src/host/log-words";
import { opposites } from "../src/host/opposites";
import {
  BACK_AFTER,
  clockNews,
  clockOffset,
  commonMode,
  commonSetting,
  hereFor,
  curvePoints,
  flooding,
  FLOOD,
  merged,
  NOTHING,
  renewed,
  settingOf,
  stepped,
  troubles,
  type Setting,
  type ClockNews,
} from "../src/host/state";
import { readAny, readSaid, type ClockLine, type Deed, type Mode, type ModeLine, type Overview, type RoomLine, type Said, type Told } from "../src/host/wire";
import { Watch, type Way } from "../src/host/watch";
import { HOST } from "../src/store/marks";
import { en } from "../src/host/words.en";
import { ko } from "../src/host/words.ko";
import { en as sheetsEn } from "../src/host/words.sheets.en";
import { ko as sheetsKo } from "../src/host/words.sheets.ko";

const KEY = { id: "key", secret: "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", browser: "mark" };

interface Sent {
  method: string;
  path: string;
  number: number;
  body: string;
}

/** A hub that takes numbers as the real one does, and answers when told to. */
class FakeHub {
  readonly sent: Sent[] = [];
  private last = 0;
  private underWay = 0;
  answer: (sent: Sent) => unknown = () => ({ success: true, data: null });

  readonly send: Send = async (method, path, header, body) => {
    const number = Number(/seq=(\d+)/.exec(header)![1]);
    const sent = { method, path, number, body };
    this.sent.push(sent);
    this.underWay += 1;
    expect(this.underWay, "one after the other").toBe(1);
    await Promise.resolve();
    this.underWay -= 1;
    if (number <= this.last) return { success: false, code: "replayed", message: "" };
    this.last = number;
    return this.answer(sent);
  };

  requests(memory = mapMemory(), now: () => number = Date.now): Requests {
    return new Requests(KEY, new Numbers(memory, now), this.send);
  }

  get paths(): string[] {
    return this.sent.map(({ path }) => path.replace("/api/host/", "").replace(/[?&]browser=mark$/, ""));
  }
}

test("requests go one after the other, acts before looks, and every one has the mark", async () => {
  const hub = new FakeHub();
  const requests = hub.requests();
  await Promise.all([
    requests.get("overview", readAny),
    requests.get("rooms", readAny),
    requests.get("messages?last=5", readAny),
    requests.act("POST", "chatters/a/kick", {}, readAny),
    requests.act("POST", "chatters/b/kick", {}, readAny),
  ]);
  expect(hub.paths).toEqual(["overview", "chatters/a/kick", "chatters/b/kick", "rooms", "messages?last=5"]);
  expect(hub.sent.every(({ path }) => /[?&]browser=mark$/.test(path))).toBe(true);
  const numbers = hub.sent.map(({ number }) => number);
  expect(numbers).toEqual([...numbers].sort((a, b) => a - b));
});

test("a number that was used before is not the end: the request is signed again, once", async () => {
  const hub = new FakeHub();
  await hub.requests(mapMemory(), () => 1_000).get("overview", readAny);
  // Another tab, which does not see what this one keeps.
  const other = hub.requests(mapMemory(), () => 1_000);
  expect(await other.act("POST", "rooms", { title: "a" }, readAny)).toEqual({ ok: true, data: true });
  expect(hub.sent.map(({ number }) => number)).toEqual([1_000, 1_000, 2_000]);
  // Far behind: the refusal is told.
  const late = hub.requests(mapMemory(), () => 1);
  expect(await late.get("overview", readAny)).toMatchObject({ ok: false, code: "replayed" });
  expect(hub.sent).toHaveLength(5);
});

test("a request that is not answered fails alone", async () => {
  const hub = new FakeHub();
  hub.answer = ({ path }) => {
    if (path.includes("overview")) throw new Unreachable();
    return { success: true, data: [] };
  };
  const requests = hub.requests();
  const [lost, rooms] = await Promise.allSettled([requests.get("overview", readAny), requests.get("rooms", readAny)]);
  expect([lost.status, rooms.status]).toEqual(["rejected", "fulfilled"]);
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const done = (): Promise<Told<unknown>> => Promise.resolve({ ok: true, data: null });
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

function act(more: Partial<Act> = {}): Act & { run: ReturnType<typeof vi.fn> } {
  return { soon: "soon", done: "done", run: vi.fn(done), about: ["row"], ...more } as Act & { run: ReturnType<typeof vi.fn> };
}

test("what cannot be undone waits, and can be called off", async () => {
  const acts = new Acts(() => undefined);
  const kick = act();
  acts.start(kick);
  expect(acts.concerns("row")).toBe(true);
  await vi.advanceTimersByTimeAsync(WAITS - 1);
  expect(kick.run).not.toHaveBeenCalled();
  acts.undo();
  await vi.advanceTimersByTimeAsync(WAITS + SHOWN);
  expect(kick.run).not.toHaveBeenCalled();
  expect(acts.bar.value).toBeNull();

  acts.start(kick);
  await vi.advanceTimersByTimeAsync(WAITS);
  expect(kick.run).toHaveBeenCalledTimes(1);
  expect(acts.bar.value?.stage).toEqual({ name: "done", canUndo: false });
});

test("what waits is done before the next act, and when the page goes", async () => {
  const acts = new Acts(() => undefined);
  const [first, second] = [act(), act()];
  acts.start(first);
  acts.start(second);
  expect(first.run).toHaveBeenCalledTimes(1);
  expect(second.run).not.toHaveBeenCalled();
  acts.hurry();
  acts.hurry();
  await settle();
  expect(second.run).toHaveBeenCalledTimes(1);
});

test("what can be undone is done at once, and undone once", async () => {
  const after = vi.fn();
  const acts = new Acts(after);
  const undo = vi.fn(done);
  const ban = act({ undo, undone: "lifted" });
  acts.start(ban);
  await settle();
  expect(ban.run).toHaveBeenCalledTimes(1);
  expect(acts.bar.value?.stage).toEqual({ name: "done", canUndo: true });
  acts.undo();
  acts.undo();
  await settle();
  expect(undo).toHaveBeenCalledTimes(1);
  expect(acts.bar.value?.stage.name).toBe("undone");
  expect(after).toHaveBeenCalledTimes(2);
});

test("a refusal and a lost answer stay until they are seen, and can be tried again", async () => {
  const acts = new Acts(() => undefined);
  const run = vi
    .fn<Act["run"]>()
    .mockResolvedValueOnce({ ok: false, code: "no_such_chatter", message: "" })
    .mockRejectedValueOnce(new Unreachable())
    .mockImplementation(done);
  acts.start(act({ run, isAtOnce: true }));
  await vi.advanceTimersByTimeAsync(10 * SHOWN);
  expect(acts.bar.value?.stage).toMatchObject({ name: "refused", denial: { code: "no_such_chatter" } });
  acts.again();
  await vi.advanceTimersByTimeAsync(10 * SHOWN);
  expect(acts.bar.value?.stage.name).toBe("unanswered");
  acts.again();
  await settle();
  expect(acts.bar.value?.stage.name).toBe("done");
  await vi.advanceTimersByTimeAsync(SHOWN);
  expect(acts.bar.value).toBeNull();
});

const overview = (more: object = {}): object => ({
  title: "camp",
  people: 3,
  rooms: 1,
  saidLastMinute: 2,
  reports: 0,
  memory: { taken: 1, most: null, state: "easy" },
  data: { database: 1, storage: "ok", free: 1e12, copies: null },
  announced: { state: "off", name: null, reason: null },
  warnings: [],
  ...more,
});

const said = (id: number, more: Partial<Said> = {}): Said => ({
  seq: id,
  id,
  at: "2026-01-01T00:00:00.000Z",
  chatter: "fox",
  nickname: "fox",
  content: `m${id}`,
  isNotice: false,
  takenBack: false,
  room: "r",
  code: "ACDEFG",
  title: "room",
  ...more,
});

/** A page's watch on a hub that answers by path. */
function watching(answers: Record<string, unknown>): { hub: FakeHub; watch: Watch; ways: Way[] } {
  const hub = new FakeHub();
  hub.answer = ({ path }) => {
    const name = Object.keys(answers).find((one) => path.startsWith(`/api/host/${one}`));
    const answer = name === undefined ? null : answers[name];
    if (answer instanceof Error) throw answer;
    if (typeof answer === "string") return { success: false, code: answer, message: answer };
    return answer === null ? { success: false, code: "bad_request", message: "" } : { success: true, data: answer };
  };
  const ways: Way[] = [];
  const watch = new Watch(hub.requests(), (_, way) => ways.push(way));
  return { hub, watch, ways };
}

test("a look asks how the hub is and for what the view shows, again and again while it is looked at", async () => {
  const { hub, watch } = watching({ hosts: [], overview: overview(), rooms: [], messages: [said(1)] });
  watch.watch({ name: "now" }, true);
  await vi.advanceTimersByTimeAsync(1_600);
  expect(hub.paths).toEqual([
    ...["hosts", "mutes", "overview", "rooms", "announcements", "polls?all=true", "polls/prepared", "messages?last=100"],
    ...["overview", "announcements", "polls?all=true", "polls/prepared", "messages?last=100&after=1"],
  ]);
  expect(watch.state).toMatchObject({ role: "host", curve: [2, 2], stream: [said(1)] });
  watch.watch({ name: "now" }, false);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hub.paths).toHaveLength(13);
});

test("what is taken back is seen with the next look, and without a removal only what is new is asked for", async () => {
  const answers: Record<string, unknown> = { hosts: [], rooms: [], messages: [said(1), said(2)] };
  const { hub, watch } = watching(answers);
  answers.overview = overview({ removals: 4 });
  watch.watch({ name: "now" }, true);
  await vi.advanceTimersByTimeAsync(1_600);
  answers.overview = overview({ removals: 5 });
  answers.messages = [said(2)];
  await vi.advanceTimersByTimeAsync(1_500);
  expect(watch.state.stream).toEqual([said(2)]);
  await vi.advanceTimersByTimeAsync(1_500);
  const asked = hub.paths.filter((path) => path.startsWith("messages"));
  const [whole, on] = ["messages?last=100", "messages?last=100&after=2"];
  expect(asked).toEqual([whole, on, whole, on]);
});

test("a helper asks for nothing that only hosts are told", async () => {
  const only = "hosts_only";
  const { hub, watch } = watching({ hosts: only, bans: only, log: only, overview: overview(), rooms: [], chatters: [] });
  watch.watch({ name: "people" }, true);
  await settle();
  watch.watch({ name: "log" }, true);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(watch.state.role).toBe("helper");
  expect(hub.paths.filter((path) => /bans|log/.test(path))).toEqual([]);
});

test("a hub that does not answer is asked less and less often, and a key that is refused no more", async () => {
  const away = watching({ hosts: new Unreachable() });
  away.watch.watch({ name: "now" }, true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(away.ways.at(-1)).toEqual({ name: "away" });
  // At 0, 1.5, 4.5, 10.5, 22.5, 37.5 and 52.5 seconds.
  expect(away.hub.paths).toHaveLength(7);

  const revoked = watching({ hosts: "bad_signature" });
  revoked.watch.watch({ name: "now" }, true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(revoked.ways.at(-1)).toMatchObject({ name: "refused", denial: { code: "bad_signature" } });
  expect(revoked.hub.paths).toHaveLength(1);
});

test("a look that is wanted during another follows at once", async () => {
  const { hub, watch } = watching({ hosts: [], overview: overview(), rooms: [], reports: [] });
  watch.watch({ name: "reports" }, true);
  watch.look();
  await vi.advanceTimersByTimeAsync(1);
  expect(hub.paths.filter((path) => path === "reports")).toHaveLength(2);
});

test("whoever floods is known by what they said in the last minute, until they are kept from it", () => {
  const since = "2026-01-01T00:00:00.000Z";
  const now = Date.parse(since) + 3_600_000;
  const at = (seconds: number): string => new Date(Date.parse(since) + 600_000 - seconds * 1_000).toISOString();
  const many = (chatter: string, count: number, seconds: number, more: Partial<Said> = {}): Said[] =>
    Array.from({ length: count }, (_, place) => said(place, { chatter, nickname: chatter, at: at(seconds), ...more }));
  const stream = [
    ...many("fox", FLOOD, 10, { takenBack: true }),
    ...many("owl", FLOOD - 1, 10),
    ...many("owl", 9, 70),
    ...many("cat", FLOOD + 1, 59),
    ...many(HOST, FLOOD, 1),
    ...many("bee", FLOOD, 1, { isNotice: true }),
  ];
  const state = { ...NOTHING, stream, overview: overview({ since, uptime: 600, saidLastMinute: 60 }) as Overview };
  const who = (more: object = {}): string[] => flooding({ ...state, ...more }, now).map(({ id, said }) => `${id} ${said}`);
  expect(who()).toEqual([`cat ${FLOOD + 1}`, `fox ${FLOOD}`]);
  expect(who({ mutes: [{ id: "cat", nickname: "", until: null }], bans: [{ id: "fox", nickname: "", withAddress: false }] })).toEqual([]);
  expect(who({ overview: { ...state.overview, since: null } })).toHaveLength(2);
  expect(who({ overview: { ...state.overview, saidLastMinute: 0 } })).toEqual([]);
});

test("of the log, the newest line of a kind has an opposite while what it did stands", () => {
  const deed = (deed: string, subject: string | null, what = ""): Deed => ({ at: "", deed, what, by: null, subject });
  const log = [
    deed("chatter mute", "fox"),
    deed("chatter unmute", "owl"),
    deed("chatter mute", "owl"),
    deed("chatter ban", "cat"),
    deed("chatter ban", "gone"),
    deed("room mode", "AAAAAA", 'AAAAAA "a" slow 30s'),
    deed("room lock", "AAAAAA"),
    deed("room lock", "BBBBBB"),
    deed("room unlock", "BBBBBB"),
    deed("room history", "BBBBBB", 'BBBBBB "b" joined'),
    deed("chatter rename", "fox", 'fox "rude \\"fox" "kind"'),
    deed("chatter rename", "fox", 'fox "first" "rude"'),
    deed("announce add", "1"),
    deed("announce add", "2"),
    deed("poll close", "3"),
    deed("message delete", null),
  ];
  const room = (code: string, mode: Mode): RoomLine => ({ code, mode, history: "joined" }) as RoomLine;
  const kept = (id: string): { id: string; nickname: string; until: null; withAddress: boolean } => ({ id, nickname: id, until: null, withAddress: false });
  const told = opposites(log, {
    rooms: [room("AAAAAA", "slow"), room("BBBBBB", "open")],
    mutes: [kept("fox"), kept("owl")],
    bans: [kept("cat")],
    announced: [{ id: "1", room: null, text: "", at: "", until: null }],
  }, 0);
  const names = told.map((one) => one?.name ?? "");
  expect(names).toEqual(["unmute", "", "", "unban", "", "mode", "", "", "", "history", "rename", "", "takeDown", "", "", ""]);
  expect(told[5]).toMatchObject({ to: { mode: "open" } });
  expect(told[9]).toMatchObject({ to: "all" });
  expect(told[10]).toMatchObject({ id: "fox", from: "kind", to: 'rude "fox' });
});

test("a mode is undone to what was there before, whose time goes on, and told in the reader's language", () => {
  const at = "2026-01-01T00:00:00.000Z";
  const now = Date.parse(at) + 4 * 60_000;
  const line = (mode: ModeLine | null, was: ModeLine | null, more: Partial<Deed> = {}): Deed => ({
    at, deed: "room mode", what: 'AAAAAA "a \\" slow" read_only for 15m, was slow 30s', by: null, subject: "AAAAAA", mode, was, ...more,
  });
  const undone = (deed: Deed, room: object): unknown => {
    const rooms = [{ code: "AAAAAA", every: null, hereFor: null, ...room } as RoomLine];
    const [one] = opposites([deed], { rooms, mutes: [], bans: [], announced: [] }, now);
    return one && "to" in one ? one.to : null;
  };
  const reading: ModeLine = { mode: "read_only", every: null, hereFor: null, minutes: 15 };
  const slow: ModeLine = { mode: "slow", every: 30, hereFor: null, minutes: null };
  expect(undone(line(reading, slow), { mode: "read_only" })).toEqual({ mode: "slow", every: 30 });
  expect(undone(line(reading, { ...slow, minutes: 10 }), { mode: "read_only" })).toEqual({ mode: "slow", every: 30, minutes: 6 });
  expect(undone(line(reading, { ...slow, minutes: 4 }), { mode: "read_only" })).toEqual({ mode: "open" });
  expect(undone(line({ mode: "open" }, { mode: "members", hereFor: 10 }), { mode: "open" })).toEqual({ mode: "members", hereFor: 10 });
  expect(undone(line(reading, slow), { mode: "open" }), "it is over by itself").toBe(null);
  expect(undone(line(slow, reading), { mode: "slow", every: 60 }), "another pace").toBe(null);
  const all = { deed: "hub mode", subject: null, what: "read_only for 15m, was slow 30s" };
  expect(undone(line(reading, slow, all), { mode: "read_only" })).toEqual({ mode: "slow", every: 30 });
  expect(undone(line(reading, null, all), { mode: "read_only" }), "one each").toEqual({ mode: "open" });

  expect(aboutWhat(ko, line(reading, slow))).toBe('AAAAAA "a \\" slow" 읽기만 · 15분 동안 (전에는 천천히 · 30초)');
  expect(aboutWhat(ko, line(reading, null, all))).toBe("읽기만 · 15분 동안");
  const kicked = line(null, null, { what: '7d444840-9dc0-41d1-b245-5ffdce74fad2 "fox"' });
  expect(aboutWhat(ko, kicked)).toBe('"fox"');
  const fox = '7d444840-9dc0-41d1-b245-5ffdce74fad2 "fox" x';
  const muted = (what: string): string => aboutWhat(ko, line(null, null, { deed: "chatter mute", what }));
  expect(muted(`${fox}" for 10 min`)).toBe('"fox" x" 10분 동안');
  expect(muted(`${fox} for 10 min"`), "a name").toBe('"fox" x for 10 min"');
  const reads = (words: string): string => aboutWhat(ko, line(null, null, { deed: "room history", what: `AAAAAA "a" ${words}` }));
  expect([reads("all"), reads("joined"), reads("new")]).toEqual(['AAAAAA "a" 처음부터 읽어요', 'AAAAAA "a" 들어온 뒤부터 읽어요', 'AAAAAA "a" new']);
});

test("messages are listed once, the newest first, as they were told of last", () => {
  const list = merged([said(2), said(1)], [said(3), said(1, { takenBack: true, content: "" })]);
  expect(list.map(({ id, takenBack }) => [id, takenBack])).toEqual([[3, false], [2, false], [1, true]]);
  const many = merged([], Array.from({ length: 500 }, (_, at) => said(at + 1)));
  expect([many.length, many[0]!.id]).toEqual([300, 500]);
});

test("what is told again as a whole replaces what was known of it", () => {
  const known = [said(5), said(4), said(3), said(2)];
  expect(renewed(known, [said(3), said(5)], false).map(({ id }) => id)).toEqual([5, 3, 2]);
  expect(renewed(known, [said(3)], true).map(({ id }) => id)).toEqual([3]);
  expect(renewed(known, [], true)).toEqual([]);
});

test("messages of one room get its name; what cannot be read is left out", () => {
  const { room, code, title, ...bare } = said(1);
  const list = readSaid({ id: room, code, title })([bare, { seq: 1 }, null]);
  expect(list).toEqual([said(1)]);
});

test("the curve ends at the right, and is flat while nothing is said", () => {
  expect(curvePoints([0, 0], 63, 40)).toBe("62,40 63,40");
  expect(curvePoints([0, 5, 10], 63, 40)).toBe("61,40 62,20 63,0");
});

test("the hub's warnings are known by what they are about, one for one", () => {
  const ill = overview({
    data: { database: 1, storage: "full", free: 1, copies: "the folder is gone" },
    memory: { taken: 1, most: 2, state: "tight" },
    announced: { state: "not_announced", name: null, reason: "no network" },
    missing: [{ address: "10.0.0.9:80", reason: "it is taken" }],
    twins: ["http://10.0.0.2"],
  }) as Overview;
  const names = troubles(ill).map(({ name }) => name);
  expect(names).toEqual(["full", "memoryTight", "unannounced", "missing", "twins", "noCopies"]);
  const well = overview({ missing: [], twins: [] }) as Overview;
  expect(troubles(well)).toEqual([]);
  expect(troubles({ ...well, data: { ...well.data, free: 499_999_999 } })).toEqual([{ name: "little", free: 499_999_999 }]);
});

test("a step up the ladder goes back by itself where wanted, a step down keeps its time", () => {
  const open: Setting = { mode: "open" };
  expect(stepped(open, "slow", true)).toEqual({ mode: "slow", minutes: BACK_AFTER });
  expect(stepped(open, "read_only", false)).toEqual({ mode: "read_only" });
  expect(stepped({ mode: "read_only", minutes: 4 }, "members", true)).toEqual({ mode: "members", minutes: 4 });
  expect(stepped({ mode: "slow", minutes: 4 }, "members", true)).toEqual({ mode: "members", minutes: BACK_AFTER });
  expect(stepped({ mode: "slow", minutes: 4 }, "open", true)).toEqual({ mode: "open" });
});

test("how a room is set can be set again", () => {
  const now = Date.parse("2026-01-01T00:00:00.000Z");
  const until = "2026-01-01T00:02:30.000Z";
  expect(settingOf({ mode: "slow", every: 60, modeUntil: until }, now)).toEqual({ mode: "slow", every: 60, minutes: 3 });
  expect(settingOf({ mode: "members", every: null, modeUntil: null }, now)).toEqual({ mode: "members" });
  expect(settingOf({ mode: "open", modeUntil: null }, now)).toEqual({ mode: "open" });
  const members = settingOf({ mode: "members", hereFor: 10, modeUntil: until }, now);
  expect(members).toEqual({ mode: "members", hereFor: 10, minutes: 3 });
  expect(hereFor(members, 0)).toEqual({ mode: "members", minutes: 3 });
  const shut = [{ mode: "members", hereFor: 10 }, { mode: "members", hereFor: 10 }] as RoomLine[];
  expect(commonSetting(shut)).toEqual({ mode: "members", hereFor: 10 });
  expect(commonSetting([...shut, { mode: "members", hereFor: null } as RoomLine])).toEqual({ mode: "members" });
  const rooms = (...modes: Mode[]): RoomLine[] => modes.map((mode) => ({ mode }) as RoomLine);
  expect([commonMode(rooms("slow", "slow")), commonMode(rooms("slow", "open")), commonMode([])]).toEqual(["slow", null, null]);
});

test("the hub's clock may be wrong by years", () => {
  const now = Date.parse("2026-01-01T00:01:00.000Z");
  expect(clockOffset({ since: "2001-01-01T00:00:00.000Z", uptime: 60 }, now)).toBe(now - Date.parse("2001-01-01T00:01:00.000Z"));
  expect(clockOffset({ since: "2026-01-01T00:00:00.000Z", uptime: 59 }, now)).toBe(0);
  expect(clockOffset({ since: null, uptime: 60 }, now)).toBe(0);
  expect(clockOffset({ clock: clock("2025-01-01T00:01:00.000Z"), since: null, uptime: 60 }, now)).toBe(365 * 86_400_000);
});

const clock = (time: string, more: Partial<ClockLine> = {}): ClockLine => ({
  time,
  isTrusted: false,
  isHosts: false,
  isShared: false,
  ...more,
});

test("the phone's time is offered where the hub's is a guess and another", () => {
  const heardAt = Date.parse("2026-07-01T12:00:00.000Z");
  const news = (time: string, more: Partial<ClockLine> = {}): ClockNews | null =>
    clockNews({ overview: overview({ clock: clock(time, more) }) as Overview, heardAt });
  const hour = 3_600_000;
  const days = "2026-06-28T12:00:00.000Z";
  expect(news(days)).toEqual({ ahead: 72 * hour, canSet: true, isHosts: false });
  expect(news("2026-07-01T12:00:59.000Z")).toBeNull();
  expect(news("2026-07-01T13:00:00.000Z")).toEqual({ ahead: -hour, canSet: true, isHosts: false });
  expect(news("2026-07-01T13:00:00.001Z")).toEqual({ ahead: -hour - 1, canSet: false, isHosts: false });
  expect(news(days, { isTrusted: true })).toBeNull();
  expect(news(days, { isShared: true })).toBeNull();
  expect(news("2026-07-01T12:00:00.000Z", { isHosts: true })).toEqual({ ahead: null, canSet: false, isHosts: true });
  expect(news(days, { isHosts: true })).toEqual({ ahead: 72 * hour, canSet: true, isHosts: true });
  expect(clockNews({ overview: overview() as Overview, heardAt })).toBeNull();
  const golden = JSON.parse(readFileSync(new URL("../golden/clock.json", import.meta.url), "utf8")) as ClockLine;
  const told = { overview: overview({ clock: golden }) as Overview, heardAt: Date.parse("2024-09-25T02:00:30.000Z") };
  expect(clockNews(told)).toEqual({ ahead: null, canSet: false, isHosts: true });
});

test("what the hub cannot do is not asked for again", async () => {
  const old = watching({ hosts: [], overview: overview(), rooms: [], chatters: [], bans: [] });
  old.watch.watch({ name: "people" }, true);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(old.watch.state.mutes).toBeNull();
  expect(old.hub.paths.filter((path) => path === "mutes")).toHaveLength(1);
  const mute = { id: "fox", nickname: "fox", until: null };
  const able = watching({ hosts: [], overview: overview(), rooms: [], chatters: [], bans: [], mutes: [mute] });
  able.watch.watch({ name: "people" }, true);
  await settle();
  expect(able.watch.state.mutes).toEqual([mute]);
});

test("sizes and spans are short", () => {
  expect([999, 1_500, 499_900_000, 12_000_000_000].map((bytes) => sizeText(bytes, "en"))).toEqual([
    "999 B",
    "1.5 kB",
    "500 MB",
    "12 GB",
  ]);
  expect([59, 3_600, 7_200, 200_000].map((seconds) => spanOf(seconds))).toEqual([
    { unit: "minute", count: 0 },
    { unit: "minute", count: 60 },
    { unit: "hour", count: 2 },
    { unit: "day", count: 2 },
  ]);
});

test("both languages know the same refusals and deeds", () => {
  for (const name of ["refusedKey", "refusedAct", "nameState", "deeds", "modes"] as const) {
    expect(Object.keys(en[name]).sort()).toEqual(Object.keys(ko[name]).sort());
  }
  for (const name of ["banFor", "muteFor", "languages", "fields", "wallViews"] as const) {
    expect(Object.keys(sheetsEn[name]).sort()).toEqual(Object.keys(sheetsKo[name]).sort());
  }
});
