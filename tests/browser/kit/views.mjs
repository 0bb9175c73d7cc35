// Every view of the page, and of the host's, each in the state in which people meet it.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { hostLink } from "./host.mjs";

let ads = 0;

/** Nobody is hidden from an earlier view. */
async function hidesNobody(ann, room) {
  await ann.opens("/");
  await ann.page.evaluate((name) => localStorage.removeItem(name), `cola.hidden.${room.id}`);
}

export const VIEWS = {
  lobby: async ({ ann }) => {
    await ann.opens("/");
    await ann.page.locator(".card").first().waitFor();
  },
  "a lobby with something new": async ({ ann, ben, room }) => {
    await hidesNobody(ann, room);
    await ann.enters(room);
    await ann.opens("/");
    await ann.page.locator(".card").first().waitFor();
    await ben.says(`새 소식 ${(ads += 1)}`);
    await ann.page.locator(".card-new").first().waitFor();
  },
  "a lobby of rooms one is in": async ({ ann, ben, room, lasting }) => {
    await hidesNobody(ann, room);
    await ann.opens("/");
    let name;
    for (const { code } of [lasting, room]) {
      await ann.page.locator(`.card[href="/r/${code}"]`).click();
      await ann.page.waitForURL(`**/r/${code}`);
      await ann.isLive();
      name = await ann.name();
      await ann.page.goBack();
      await ann.page.locator(".card").first().waitFor();
    }
    // Only now: what one sees in the room is no news in the lobby.
    await ben.writes(`@${name} 어디 있어요? ${(ads += 1)}`);
    await ann.page.locator(".card-named").waitFor();
    await ann.page.locator(".card-in").nth(1).waitFor();
  },
  "a lobby with announcements": async ({ ann, hub }) => {
    for (const text of ["5시에 정문에서 만나요", "점심이 준비됐어요. 식당 뒤쪽 문으로 오세요: http://192.168.4.1/map"]) {
      await hub.host("announce", "add", text);
    }
    await ann.opens("/");
    await ann.page.locator(".lobby .announced").waitFor();
  },
  "make a room": async ({ ann }) => {
    await VIEWS.lobby({ ann });
    await ann.page.locator(".foot .primary").click();
    await ann.page.locator(".sheet").waitFor();
    await ann.page.locator(".sheet .primary").click();
    await ann.page.locator(".sheet .problem:not(:empty)").first().waitFor();
  },
  "open by code": async ({ ann }) => {
    await VIEWS.lobby({ ann });
    await ann.page.locator(".foot .button").nth(1).click();
    await ann.page.locator(".sheet").waitFor();
  },
  room: async ({ ann, room }) => ann.enters(room),
  people: async ({ ann, room }) => {
    await ann.enters(room);
    await ann.opensPeople();
  },
  "a message's menu": async ({ ann, ben, room }) => {
    await hidesNobody(ann, room);
    await ann.enters(room);
    // Said once in each view, so that the newest is this one.
    const said = `광고 보고 가세요 ${(ads += 1)}`;
    await ben.says(said);
    await ann.sees(said);
    await ann.page.locator(".log").focus();
    await ann.page.keyboard.press("Shift+F10");
    await ann.page.locator(".sheet .menu button").nth(1).waitFor();
  },
  "answers and reactions": async ({ ann, ben, room }) => {
    await VIEWS["a message's menu"]({ ann, ben, room });
    await ann.page.locator(".sheet .react button").first().click();
    await ann.page.locator(".sheet").waitFor({ state: "detached" });
    await ann.page.locator(".reacted button").first().waitFor();
    await ann.page.locator(".log").focus();
    await ann.page.keyboard.press("Shift+F10");
    await ann.page.locator(".sheet .menu button", { has: ann.page.locator(".icon-answer") }).click();
    await ann.says("봤어요");
    await ann.page.locator(".answered").last().waitFor();
    await ann.page.locator(".log").focus();
    await ann.page.keyboard.press("Shift+F10");
    await ann.page.locator(".sheet .menu button", { has: ann.page.locator(".icon-answer") }).click();
    await ann.page.locator(".composer-answer").waitFor();
    await ann.page.locator(".composer textarea").fill("@");
    await ann.page.getByRole("option").first().waitFor();
  },
  "a question and its votes": async ({ ann, hall }) => {
    await ann.enters(hall);
    await ann.page.locator(".vote").first().waitFor();
    if ((await ann.page.locator(".mine .votes").count()) === 0) {
      await ann.page.locator(".composer .ask").click();
      await ann.says("충전은 어디에서 할 수 있어요?");
      await ann.page.locator(".vote").first().click();
      await ann.page.locator('.vote[aria-pressed="true"]').first().waitFor();
    }
    await ann.page.locator(".composer .ask").click();
    await ann.composer.fill("그럼 내일은요?");
  },
  "the questions of a room": async (furnished) => {
    await VIEWS["a question and its votes"](furnished);
    const { ann } = furnished;
    await ann.composer.fill("");
    await ann.page.locator(".to-questions").first().click();
    await ann.page.locator(".questions-done").waitFor();
  },
  "a question that waits": async ({ ann, quiet }) => {
    await ann.enters(quiet);
    await ann.page.locator(".composer .ask").waitFor();
    if ((await ann.page.locator(".msg.held, .msg.sending").count()) === 0) {
      await ann.page.locator(".composer .ask").click();
      await ann.writes("이 자리에서 물어봐도 될까요?");
    }
    await ann.page.locator(".msg.held").waitFor();
    await ann.page.locator(".composer .ask").click();
  },
  "telling the host": async ({ ann, ben, room }) => {
    await VIEWS["a message's menu"]({ ann, ben, room });
    await ann.page.locator(".sheet .menu button", { has: ann.page.locator(".icon-flag") }).click();
    await ann.page.locator(".sheet .chip").first().click();
    await ann.page.locator("#report-more").fill("가".repeat(201));
    await ann.page.locator(".sheet .problem:not(:empty)").first().waitFor();
  },
  "somebody hidden": async ({ ann, ben, room }) => {
    await VIEWS["a message's menu"]({ ann, ben, room });
    await ann.page.locator(".sheet .menu button", { has: ann.page.locator(".icon-hide") }).click();
    await ann.page.locator(".sheet").waitFor({ state: "detached" });
    await ann.opensPeople();
    await ann.page.locator(".people .hidden .button").waitFor();
  },
  "nothing found": async ({ ann, room }) => {
    await ann.enters(room);
    // A newcomer finds what they said themselves, at least.
    await ann.says("지금 갈게요");
    await ann.page.locator(".bar .round", { has: ann.page.locator(".icon-find") }).click();
    await ann.page.locator(".find input").fill("아무도 안 한 말");
    await ann.page.keyboard.press("Enter");
    await ann.page.locator(".find-status:not(:empty)").waitFor();
  },
  "what was found": async (furnished) => {
    await VIEWS["nothing found"](furnished);
    const { ann } = furnished;
    await ann.page.locator(".find input").fill("지금");
    await ann.page.keyboard.press("Enter");
    await ann.page.locator(".found-list mark").first().waitFor();
  },
  "a slow room": async ({ ann, slow }) => {
    await ann.enters(slow);
    // One is sent and one waits; both stay from an earlier view.
    const isFirst = (await ann.page.locator(".msg").count()) === 0;
    for (const text of isFirst ? ["한마디", "또 한마디"] : []) await ann.writes(text);
    await ann.page.locator(".msg .status", { hasText: /차례|turn/ }).waitFor();
    await ann.page.locator(".slow").waitFor();
  },
  "a room for reading": async ({ ann, reading }) => {
    await ann.opens(`/r/${reading.code}`);
    await ann.page.locator(".for-reading").waitFor();
    await ann.page.waitForSelector(".log[aria-busy=false]");
  },
  announcements: async ({ ann, lasting, hub }) => {
    if (JSON.parse(await hub.host("announce", "list", "--json")).length === 0) {
      for (const text of ["점심이 준비됐어요", "분실물은 본부에 있어요. 본부는 정문 옆 하얀 천막이에요. 지도: http://192.168.4.1/map"]) {
        await hub.host("announce", "add", text, "--room", lasting.code);
      }
      await hub.host("message", "say", lasting.code, "찾는 물건을 말해 주세요");
    }
    await ann.enters(lasting);
    await ann.page.locator(".announced").waitFor();
    await ann.page.locator(".of-host").waitFor();
  },
  "a poll": async ({ ann, hub, lasting }) => {
    await asks(hub, lasting);
    await ann.enters(lasting);
    await ann.page.locator(".ballot").waitFor();
  },
  "a poll with votes": async (furnished) => {
    await VIEWS["a poll"](furnished);
    const { page } = furnished.ann;
    await page.locator(".ballot-answer input").nth(1).check();
    await page.locator(".ballot .primary").click();
    await page.locator(".poll-bars").waitFor();
  },
  details: async ({ ann, room }) => {
    await ann.enters(room);
    await ann.opensDetails();
    await ann.page.locator(".qr path").waitFor();
  },
  "a locked room": async ({ ann, locked }) => {
    await ann.opens(`/r/${locked.code}`);
    await ann.page.locator(".gate").waitFor();
    await ann.page.locator(".gate input").fill("wrong");
    await ann.page.keyboard.press("Enter");
    await ann.page.locator(".gate .problem:not(:empty)").waitFor();
  },
  "a full room": async ({ ann, full }) => {
    await ann.opens(`/r/${full.code}`);
    await ann.page.locator(".empty-actions").waitFor();
  },
  "no such room": async ({ ann }) => {
    await ann.opens("/r/ACDEFG");
    await ann.page.locator(".empty-actions").waitFor();
  },
  join: async ({ ann }) => {
    await ann.opens("/join");
    await ann.page.locator(".qr path").first().waitFor();
  },
  "the host's page without a key": async ({ ann }) => {
    await ann.opens("/host");
    await ann.page.evaluate(() => localStorage.removeItem("cola.host"));
    await ann.opens("/host");
    await ann.page.locator(".command").first().waitFor();
  },
  "the host's page": async ({ ann, ben, link }) => {
    await ben.says(`누가 ${"아주".repeat(20)} 긴 말을 ${(ads += 1)}`);
    await ann.page.goto(link);
    await ann.page.locator(".figures").waitFor();
    await ann.page.locator(".said .line").first().waitFor();
  },
  "the host's rooms": async ({ ann, link }) => {
    await ann.page.goto(link);
    await ann.page.locator(".tab").nth(1).click();
    await ann.page.locator(".card").first().waitFor();
  },
  "all rooms at once": async (furnished) => {
    await VIEWS["the host's rooms"](furnished);
    await furnished.ann.page.locator(".all-rooms summary").click();
  },
  "a new room of the host's": async (furnished) => {
    await VIEWS["the host's rooms"](furnished);
    const { page } = furnished.ann;
    await page.locator(".host-main .primary").click();
    await page.locator(".sheet button[type=submit]").click();
    await page.locator(".sheet .problem:not(:empty)").first().waitFor();
  },
  "the event file": async (furnished) => {
    await VIEWS["the host's rooms"](furnished);
    await choosesEvent(furnished.ann.page, "camp.toml", CAMP);
    await furnished.ann.page.locator(".sheet .primary").waitFor();
  },
  "an event file with slips": async (furnished) => {
    await VIEWS["the host's rooms"](furnished);
    await choosesEvent(furnished.ann.page, "camp.toml", '[[rooms]]\ntitle = ""\ncapacty = 3\n\n[[rooms]]\ncapacity = 20000\ntitle = "가"');
    await furnished.ann.page.locator(".event-slips").waitFor();
  },
  "a room that the host has opened": async (furnished) => {
    await VIEWS["the host's rooms"](furnished);
    const { page } = furnished.ann;
    await page.locator(".card", { hasText: furnished.room.code }).click();
    await page.locator(".in-room summary").click();
    await page.locator(".said .line").first().waitFor();
  },
  "questions as the host sees them": async (furnished) => {
    await VIEWS["the host's rooms"](furnished);
    const { page } = furnished.ann;
    await page.locator(".card", { hasText: furnished.hall.code }).click();
    await page.locator("#questions").waitFor();
    await page.locator("#questions").evaluate((title) => title.scrollIntoView());
  },
  "questions that wait for the host": async (furnished) => {
    await VIEWS["the host's rooms"](furnished);
    const { page } = furnished.ann;
    await page.locator(".card", { hasText: furnished.quiet.code }).click();
    await page.locator("#waiting").waitFor();
    await page.locator("#waiting").evaluate((title) => title.scrollIntoView());
  },
  "a room that the host edits": async (furnished) => {
    await VIEWS["a room that the host has opened"](furnished);
    const { page } = furnished.ann;
    await page.locator(".controls > .button").click();
    await page.locator('.sheet .chip input[name="lock"]').nth(1).check({ force: true });
    await page.locator("#edit-password").waitFor();
    await page.locator(".sheet .primary").click();
  },
  "a wall that the host sets": async (furnished) => {
    await VIEWS["a room that the host has opened"](furnished);
    const { page } = furnished.ann;
    await page.locator(".to-wall .button").click();
    await page.locator(".wall-address .button").last().waitFor();
    if (await page.locator(".wall-address .primary").isVisible()) await page.locator(".wall-address .primary").click();
    await page.locator(".wall-address .qr").waitFor();
  },
  "a room that the host would end": async (furnished) => {
    await VIEWS["a room that the host has opened"](furnished);
    const { page } = furnished.ann;
    await page.locator(".button.danger").last().click();
    await page.locator(".danger-full").waitFor();
  },
  "the host's people": async ({ ann, link, bad }) => {
    await ann.page.goto(link);
    await ann.page.locator(".tab").nth(2).click();
    await ann.page.locator(".banned", { hasText: bad }).waitFor();
  },
  "the host announces something": async (furnished) => {
    await VIEWS["the host's page"](furnished);
    const { page } = furnished.ann;
    await page.locator(".announced-now > .button").click();
    await page.locator("#announce-text").waitFor();
    await page.locator(".sheet .primary").click();
    await page.locator(".sheet .problem:not(:empty)").waitFor();
  },
  "the host's polls": async (furnished) => {
    await VIEWS["the host's page"](furnished);
    await asks(furnished.hub, furnished.lasting);
    await furnished.ann.page.locator(".polls-now .poll-bars").first().waitFor();
  },
  "the host's prepared polls": async (furnished) => {
    await VIEWS["the host's page"](furnished);
    await prepares(furnished.hub);
    await furnished.ann.page.locator(".prepared li").nth(1).waitFor();
  },
  "the host makes a poll": async (furnished) => {
    await VIEWS["the host's page"](furnished);
    const { page } = furnished.ann;
    await page.locator(".polls-now > .button").click();
    await page.locator("#poll-question").waitFor();
    await page.locator(".sheet .primary").click();
    await page.locator(".sheet .problem:not(:empty)").waitFor();
  },
  "the host's page with another time": async (furnished) => {
    await VIEWS["the host's page"](furnished);
    await onAnotherClock(furnished.ann.page, { time: -93 * 86_400_000 });
    await furnished.ann.page.locator(".clock-now .primary").waitFor();
  },
  "the host's page with a time that was set": async (furnished) => {
    await VIEWS["the host's page"](furnished);
    await onAnotherClock(furnished.ann.page, { time: 0, isHosts: true });
    await furnished.ann.page.locator(".clock-now .button").waitFor();
  },
  "the host's page with a time that another phone set": async (furnished) => {
    await VIEWS["the host's page"](furnished);
    await onAnotherClock(furnished.ann.page, { time: -12 * 60_000, isHosts: true });
    await furnished.ann.page.locator(".clock-now .button").nth(1).waitFor();
  },
  "a message as the host sees it": async (furnished) => {
    await VIEWS["the host's page"](furnished);
    const { page } = furnished.ann;
    await page.locator(".said .line").first().click();
    await page.locator(".sheet .menu").waitFor();
  },
  "a person as the host sees them": async (furnished) => {
    await VIEWS["a message as the host sees it"](furnished);
    const { page } = furnished.ann;
    await page.locator(".sheet .menu button", { has: page.locator(".icon-person") }).click();
    await page.locator(".sheet .theirs-said").waitFor();
  },
  "a mute": async (furnished) => {
    await VIEWS["a message as the host sees it"](furnished);
    const { page } = furnished.ann;
    await page.locator(".sheet .menu button", { has: page.locator(".icon-mute") }).click();
    await page.locator(".sheet .chip").nth(1).click();
  },
  "a name that the host gives": async (furnished) => {
    await VIEWS["a person as the host sees them"](furnished);
    const { page } = furnished.ann;
    await page.locator(".sheet .menu button", { hasText: /이름|name/ }).click();
    await page.locator("#new-name").fill("너무 긴 이름이에요 정말로");
    await page.locator(".sheet .problem:not(:empty)").waitFor();
  },
  "a ban": async (furnished) => {
    await VIEWS["a message as the host sees it"](furnished);
    const { page } = furnished.ann;
    await page.locator(".sheet .menu button", { has: page.locator(".icon-ban") }).click();
    await page.locator(".sheet .chip").nth(1).click();
  },
  "an act that waits": async (furnished) => {
    await VIEWS["a message as the host sees it"](furnished);
    const { page } = furnished.ann;
    await page.locator(".sheet .menu button", { has: page.locator(".icon-kick") }).click();
    await page.locator(".act-bar button").last().click();
    await page.locator(".act-bar:not(.act-bar-none)").waitFor();
    await page.locator(".sheet").waitFor({ state: "detached" });
  },
  "the host's reports": async ({ ann, link }) => {
    await ann.page.goto(link);
    await ann.page.locator(".tab").nth(3).click();
    await ann.page.locator(".report").first().waitFor();
  },
  "the host's log": async ({ ann, link }) => {
    await ann.page.goto(link);
    await ann.page.locator(".tab").nth(4).click();
    await ann.page.locator(".deeds li").first().waitFor();
  },
  muted: async ({ ann, hub, room }) => {
    await ann.enters(room);
    for (const { id } of JSON.parse(await hub.host("chatter", "list", room.code, "--json"))) {
      await hub.host("chatter", "mute", id, "--minutes", "60");
    }
    await ann.page.locator(".muted:not(:empty)").waitFor();
    await ann.composer.fill("쓰고 있던 메시지");
  },
};

const OVERVIEW = "**/api/host/overview*";

// Whoever is muted in one view talks in the next, what is announced to all in one is down in the next, and so is another clock.
for (const [name, open] of Object.entries(VIEWS).filter(([name]) => name !== "muted")) {
  VIEWS[name] = async (furnished) => {
    const { hub } = furnished;
    await furnished.ann?.page.unroute(OVERVIEW);
    if (hub) await clears(hub, name);
    await open(furnished);
  };
}

/** Takes back what another view than `name` has left behind. */
async function clears(hub, name) {
  const listed = (...words) => hub.host(...words, "--json").then(JSON.parse);
  const ends = async (list, words) => {
    for (const { id } of await list) await hub.host(...words, id);
  };
  await Promise.all([
    ends(listed("chatter", "list", "--muted"), ["chatter", "unmute"]),
    ends(listed("announce", "list").then((all) => all.filter((one) => one.room === null)), ["announce", "done"]),
    /poll/.test(name) || ends(listed("poll", "list"), ["poll", "close"]),
    /prepared/.test(name) || ends(listed("poll", "prepared"), ["poll", "drop"]),
  ]);
}

/** From now on the hub says to the host that its clock is so far from the phone's. */
async function onAnotherClock(page, { time, isHosts = false }) {
  await page.route(OVERVIEW, async (route) => {
    try {
      const response = await route.fetch();
      const told = await response.json();
      const at = new Date(Date.now() + time).toISOString();
      if (told.data) told.data.clock = { time: at, machine: at, isTrusted: false, isHosts, isShared: false };
      await route.fulfill({ response, json: told });
    } catch {
      // The page was left meanwhile.
    }
  });
}

/** A poll runs in the room, the only one, and nobody has voted in it. */
async function asks(hub, room) {
  for (const { id } of JSON.parse(await hub.host("poll", "list", "--json"))) await hub.host("poll", "close", id);
  const answers = ["국밥", "비빔밥 – 고추장은 따로 드려요", "아무거나 괜찮아요"];
  await hub.host("poll", "add", "점심은 무엇으로 할까요?", ...answers, "--room", room.code, "--minutes", "60");
}

/** Two polls wait: a short one, and one that is as long as can be. */
async function prepares(hub) {
  const folder = mkdtempSync(path.join(tmpdir(), "prepared-"));
  const answers = Array.from({ length: 8 }, (_, n) => `"${n + 1} ${"긴 답 ".repeat(14).trim()}"`);
  const polls = [
    `[[polls]]\nquestion = "오늘 저녁은 뭘 먹을까요?"\noptions = ["카레", "비빔밥", "바비큐"]\nminutes = 30\n`,
    `[[polls]]\nquestion = "${"어느 밤 프로그램에 가고 싶어요? ".repeat(10).trim()}"\noptions = [${answers.join(", ")}]\nresults = "at_end"\n`,
  ];
  writeFileSync(path.join(folder, "event.toml"), polls.join(""));
  await hub.host("event", "apply", path.join(folder, "event.toml"));
  rmSync(folder, { recursive: true });
}

/** An event file with something of everything. */
const CAMP = `title = "여름 캠프"
language = "ko"
[[rooms]]
title = "광장"
capacity = 40
[[rooms]]
title = "한 줄에 다 들어가지 않을 만큼 제목이 긴 방"
mode = "slow"
[[announcements]]
text = "점심은 12시, 저녁은 6시에 식당에서 먹어요. 물통을 꼭 챙겨 오세요."
[[polls]]
question = "오늘 저녁은 뭘 먹을까요?"
options = ["카레", "비빔밥"]
`;

/** Opens the sheet of the event file on the host's rooms, and chooses one. */
async function choosesEvent(page, name, text) {
  await page.locator(".host-main .under").click();
  await page.locator("#event-file").setInputFiles({ name, mimeType: "application/toml", buffer: Buffer.from(text) });
}

/** Tells the host of the newest message, as the person who sees it. */
async function reports({ page }) {
  await page.locator(".log").focus();
  await page.keyboard.press("Shift+F10");
  await page.locator(".sheet .menu button", { has: page.locator(".icon-flag") }).click();
  await page.locator(".sheet .chip").first().click();
  await page.locator(".sheet .primary").click();
  await page.locator(".sheet .report-done").waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".sheet").waitFor({ state: "detached" });
}

/** A hub with rooms of all kinds, and a conversation with all kinds of messages in it. */
export async function furnish({ hub, somebodyIn, talker }) {
  const room = await hub.makeRoom({ title: "자유롭게 이야기해요" });
  const locked = await hub.makeRoom({ title: "3조 – 저녁 준비", namespace: "조별 방", capacity: 8, password: "1234" });
  const full = await hub.makeRoom({ title: "둘만", namespace: "조별 방", capacity: 2 });
  const slow = await hub.makeRoom({ title: "천천히" });
  const reading = await hub.makeRoom({ title: "읽는 방" });
  await hub.host("room", "mode", slow.code, "slow", "--every", "3600");
  await hub.host("room", "mode", reading.code, "read_only");
  for (let n = 0; n < 2; n += 1) await talker(full);
  const lasting = await hub.makeRoom({ title: "분실물 찾기" });
  const hall = await hub.makeRoom({ title: "발표", history: "all" });
  const speaker = await talker(hall);
  const questions = ["화면을 더 크게 볼 수 있을까요? 뒤에서는 글씨가 잘 안 보여요.", "자료는 어디에 있어요?", "다음 모임은 언제예요?"];
  const asked = [];
  for (const text of questions) asked.push(await speaker.says(text, { question: true }));
  await hub.host("question", "answered", hall.code, String(asked[1].seq));
  const quiet = await hub.makeRoom({ title: "먼저 읽는 방", history: "all" });
  await hub.host("room", "edit", quiet.code, "--questions", "held");
  const shy = await talker(quiet);
  await shy.says("이름을 밝히지 않고 물어봐도 되나요?", { question: true });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ben.says("점심 줄 지금 짧아요! 식당 뒤쪽 문으로 오세요");
  await ben.says("지도는 http://192.168.4.1/map 에 있어요");
  await ann.sees("지도는");
  await reports(ann);
  await ann.says("지금 갈게요");
  // Somebody whom the host has banned, and the host's key.
  const bad = await somebodyIn(room);
  const badName = await bad.name();
  const people = JSON.parse(await hub.host("chatter", "list", room.code, "--json"));
  await hub.host("chatter", "ban", people.find((one) => one.nickname === badName).id);
  const link = await hostLink(hub, "무대");
  return { hub, room, locked, full, slow, reading, lasting, hall, quiet, ann, ben, bad: badName, link };
}
