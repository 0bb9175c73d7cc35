// A whole event, from an empty hub to the receipt: prepared in a file, opened with posters, talked through by forty
// people, run from the host's phone, shown on a wall, kept in a zip, and forgotten.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { inFiles, mountedDisk } from "./kit/disk.mjs";
import { opensAsHost } from "./kit/host.mjs";
import { DESK, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";
import { HD } from "./kit/wall.mjs";

const TITLES = ["무대 앞 이야기", "분실물 보관소", "진행팀 사랑방", "저녁밥 준비조", "별 보는 언덕"];
const [STAGE, , CREW] = TITLES;
const PASSWORD = "모닥불21";
const PACKED = "물통과 모자를 꼭 챙겨 오세요";

const EVENT = `title = "가을 캠프"
language = "ko"
${TITLES.map(
  (title, at) => `
[[rooms]]
title = "${title}"
history = "all"
${at === 0 ? 'was = "자유롭게 이야기해요"' : ""}
${title === CREW ? `password = "${PASSWORD}"` : ""}
`,
).join("")}
[[announcements]]
text = "${PACKED}"
`;

/** Everybody is on this machine, as if behind one router. */
const SETTINGS = {
  COLAHUB_LIMITS_PROFILE: "nat",
  COLAHUB_WIFI_SSID: "camp-2026",
  COLAHUB_WIFI_PASSWORD: "cola;hub",
  COLAHUB_WIFI_SECURITY: "WPA",
};

const EACH = 8;
/** How many are in a room as sockets; the others are three phones, two at the stage and one in the crew's room. */
const SOCKETS = TITLES.map((title) => (title === STAGE ? EACH - 2 : title === CREW ? EACH - 1 : EACH));

const BUS = "돌아가는 버스는 몇 시에 출발해요?";
const SLIDES = "발표 자료는 나중에 나눠 주세요?";
const PHONE_ASKS = "뒷자리에서도 마이크 소리가 들리나요?";
const SPAM = "싸구려 시계를 반값에 팝니다";
const SLIP = "앗 이건 다른 방에 쓰려던 말";
const SUPPER = "저녁에는 무엇을 할까요 여러분?";
const ANSWERS = ["천문대에서 별 보기", "강가에서 모닥불 피우기", "일찍 자고 일찍 일어나기"];
const CALL = "모두 무대 앞으로 모여 주세요!";

/** How old a message is before it is on the wall, unless the host has chosen something else. */
const DELAY_MS = 10_000;

const card = ({ page }, title) => page.locator(".card", { hasText: title });
const row = ({ page }, text) => page.locator(".log .msg", { has: page.locator(".bubble", { hasText: text }) });
const poll = ({ page }) => page.locator(".poll", { hasText: SUPPER });
const atOnce = ({ page }) => page.locator(".act-bar button", { hasText: "바로 하기" }).click();
/** The host's page, at the room of the stage. */
async function toStage(host) {
  await host.page.locator(".tab", { hasText: "방" }).click();
  await card(host, STAGE).click();
}

story("an event, from an empty hub to the receipt, after which no file has anything of it", SETTINGS, async (kit) => {
  const { hub, disk } = kit;
  const rooms = await prepares(hub);
  const people = await opensDoors(kit, rooms);
  const said = await everybodySays(people);
  const screen = await opensWall(kit, people);
  const taken = await takesBack(people);
  await asksAndVotes(people);
  await mutes(kit, people);
  await announces(people, screen);
  await showsMessages(screen, said, taken);
  await showsQuestions(people.host, screen, taken);
  await polls(kit, people);

  const nicknames = JSON.parse(await hub.host("chatter", "list", "--json")).map(({ nickname }) => nickname);
  assert.equal(nicknames.length, 40);
  const kept = [...said, BUS, SLIDES, PHONE_ASKS];
  const sha256 = await exports(people.host, kept);
  const words = [...kept, ...nicknames, PACKED, CALL, SUPPER, ...ANSWERS, ...TITLES];
  assert.deepEqual(inFiles(hub.data, words), words, "it is in the files before, so that the search finds it");
  assert.ok(!disk || disk.holds(words).length > kept.length, "and in the blocks");

  await wipes(hub, sha256);
  await isOver(people, screen);
  // The page of somebody who comes now is of a new hub.
  const eve = await kit.somebody();
  await eve.opens("/");
  await eve.page.locator(".card").first().waitFor();
  for (const title of TITLES) assert.equal(await card(eve, title).count(), 0);
  const all = [...words, SPAM, SLIP];
  assert.deepEqual(inFiles(hub.data, all), [], "while the hub runs");
  await hub.stop();
  assert.deepEqual(inFiles(hub.data, all), [], "once it is stopped");
  assert.deepEqual(disk?.holds(all) ?? [], [], "nor is it in any block of the disk, whether a file has it or not");
}, () => mountedDisk(64));

/** At home: the event file makes of an empty hub the one of the event, and once more nothing. */
async function prepares(hub) {
  const list = async () => JSON.parse(await hub.host("room", "list", "--json"));
  assert.deepEqual((await list()).map(({ title }) => title), ["자유롭게 이야기해요"]);
  const folder = mkdtempSync(path.join(tmpdir(), "event-"));
  const file = path.join(folder, "event.toml");
  writeFileSync(file, EVENT);
  const first = await hub.host("event", "apply", file);
  assert.match(first, new RegExp(`"가을 캠프"[^]+"자유롭게 이야기해요": title "${STAGE}"[^]+made the room "${CREW}"[^]+announced "${PACKED}"`));
  assert.equal(await hub.host("event", "apply", file), "nothing to change: all is as the file says\n");
  rmSync(folder, { recursive: true });
  const rooms = await list();
  return TITLES.map((title) => rooms.find((room) => room.title === title));
}

/** The posters are up, the host has the key, and forty people come in: 37 as sockets, three with phones. */
async function opensDoors(kit, rooms) {
  const { hub, somebody, talker } = kit;
  const ann = await somebody();
  await ann.opens("/join");
  await ann.page.getByRole("heading", { name: /가을 캠프/ }).waitFor();
  await ann.page.getByRole("img", { name: "와이파이 camp-2026의 QR 코드" }).locator("path").first().waitFor();
  const { data } = await (await fetch(`${hub.url}/api/hub`)).json();
  await ann.page.getByRole("img", { name: `이야기방의 QR 코드: ${data.addresses[0]}` }).locator("path").first().waitFor();

  const host = await somebody();
  await opensAsHost(host);
  const crowds = await Promise.all(
    rooms.map((room, at) =>
      Promise.all(Array.from({ length: SOCKETS[at] }, () => talker(room, room.title === CREW ? PASSWORD : undefined))),
    ),
  );
  await ann.page.getByRole("link", { name: "방 목록 보기" }).click();
  await card(ann, STAGE).waitFor();
  assert.deepEqual(await ann.page.locator(".card-title").allInnerTexts(), TITLES, "in the order of the file");
  await card(ann, STAGE).click();
  await ann.isLive();
  const ben = await kit.somebodyIn(rooms[0]);
  const cat = await somebody({ viewport: DESK });
  await cat.opens(`/r/${rooms[2].code}`);
  await cat.page.getByLabel("비밀번호", { exact: true }).fill(PASSWORD);
  await cat.page.keyboard.press("Enter");
  await cat.isLive();
  await host.page.locator(".big dd", { hasText: /^40$/ }).first().waitFor();
  return { ann, ben, cat, host, crowds };
}

/** Each says something that nobody else does; returns all of it. */
async function everybodySays({ ann, ben, cat, crowds }) {
  const spoken = crowds.flatMap((crowd, at) =>
    crowd.map((one, n) => ({ one, text: `${TITLES[at]}에서 ${n + 1}번째 사람이 인사드려요` })),
  );
  await Promise.all(spoken.map(({ one, text }) => one.says(text)));
  const byPhone = [[ann, "휴대전화로 들어온 앤이에요"], [ben, "벤도 휴대전화로 왔어요"], [cat, "진행팀의 캣은 노트북으로 왔어요"]];
  for (const [person, text] of byPhone) await person.says(text);
  await ben.sees(byPhone[0][1]);
  return [...spoken.map(({ text }) => text), ...byPhone.map(([, text]) => text)];
}

/** The screen opens the address that the host's page names. It remembers all that was ever on it. */
async function opensWall({ somebody }, { host }) {
  const { page } = host;
  await toStage(host);
  await page.locator(".to-wall .button").click();
  const link = new URL(await page.locator(".wall-link").textContent());
  await page.locator(".sheet .chip", { hasText: "10초" }).locator("input:checked").waitFor({ state: "attached" });
  await page.keyboard.press("Escape");
  await page.locator(".sheet").waitFor({ state: "detached" });

  const screen = await somebody({ viewport: HD });
  await screen.context.addInitScript(() => {
    window.seen = new Set();
    const look = () => document.body && window.seen.add(document.body.textContent);
    new MutationObserver(look).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await screen.opens(link.pathname);
  await screen.page.getByRole("heading", { name: STAGE }).waitFor();
  await screen.page.locator(".present", { hasText: `${EACH}명` }).waitFor();
  return screen;
}

/** The host takes a message back, and somebody their own; returns those for which that was within the wall's delay. */
async function takesBack({ ann, ben, host, crowds: [[cho]] }) {
  const begun = performance.now();
  const isInTime = () => performance.now() - begun < DELAY_MS;
  const { seq } = await cho.says(SLIP);
  await cho.takesBack(seq);
  const taken = isInTime() ? [SLIP] : [];
  await ben.says(SPAM);
  await host.page.locator(".line", { hasText: SPAM }).click();
  await host.page.locator(".sheet .menu button", { hasText: "메시지 지우기" }).click();
  await atOnce(host);
  await ann.page.locator(".bubble.taken-back").nth(1).waitFor();
  // On a machine that takes longer than the delay, nothing is promised.
  if (isInTime()) taken.push(SPAM);
  assert.equal((await ann.said()).filter((text) => [SLIP, SPAM].includes(text)).length, 0);
  return taken;
}

/** Who advertises is muted on the host's page, and sees why; another by the command, and is told on the wire. */
async function mutes({ hub }, { ben, host, crowds }) {
  const name = await ben.name();
  await host.page.locator(".tab", { hasText: "사람" }).click();
  await host.page.locator(".line", { hasText: name }).click();
  await host.page.locator(".sheet .menu button", { hasText: "말 못 하게 하기" }).click();
  await host.page.locator(".sheet .button.primary").click();
  await host.page.locator(".banned", { hasText: name }).waitFor();
  await ben.page.locator(".muted", { hasText: "말을 멈추게 했어요" }).waitFor();
  await ben.composer.fill("시계요");
  assert.equal(await ben.page.locator(".send").getAttribute("aria-disabled"), "true");
  await ben.composer.fill("");
  const last = crowds[4].at(-1);
  const { id } = JSON.parse(await hub.host("chatter", "list", "--json")).find(({ nickname }) => nickname === last.nickname);
  await hub.host("chatter", "mute", id, "--minutes", "5");
  await assert.rejects(last.says("아직 말해도 되나요"), /말/);
}

/** What the host announces is seen in every room and on the wall. */
async function announces({ ann, cat, host: { page } }, screen) {
  await page.locator(".tab", { hasText: "지금" }).click();
  await page.locator(".announced-now > .button").click();
  await page.locator("#announce-text").fill(CALL);
  await page.locator(".sheet .primary").click();
  await page.locator(".announced-now li", { hasText: CALL }).waitFor();
  for (const person of [ann, cat]) await person.page.locator(".announced", { hasText: CALL }).waitFor();
  await screen.page.locator(".notices", { hasText: CALL }).waitFor();
}

/** Questions from sockets and from a phone, votes of both, and the one with the most is answered. */
async function asksAndVotes({ ann, ben, host, crowds: [stage] }) {
  const bus = await stage[0].says(BUS, { question: true });
  const slides = await stage[1].says(SLIDES, { question: true });
  await ann.page.getByRole("button", { name: "질문으로 올리기" }).click();
  await ann.page.locator(".composer-ask").waitFor();
  await ann.says(PHONE_ASKS);
  await Promise.all(stage.slice(1).map((one) => one.votes(bus.seq)));
  await Promise.all(stage.slice(3).map((one) => one.votes(slides.seq)));
  for (const person of [ann, ben]) await row(person, BUS).locator(".vote").click();
  await row(ben, PHONE_ASKS).locator(".vote").click();
  await row(ben, BUS).getByText("7", { exact: true }).waitFor();
  await toStage(host);
  const asked = (text) => host.page.locator(".report", { hasText: text });
  await asked(SLIDES).getByText("3표").waitFor();
  await asked(BUS).getByText("7표").waitFor();
  await asked(BUS).getByRole("button", { name: "답했어요" }).click();
  for (const person of [ann, ben]) await row(person, BUS).getByText("답한 질문").waitFor();
}

/** Once the last of it is old enough, the wall has the newest messages, and had never those that were taken back. */
async function showsMessages({ page }, said, taken) {
  await page.locator(".said .text", { hasText: PHONE_ASKS }).waitFor();
  const shown = await page.locator(".said .text").allTextContents();
  const of = (person) => said.find((text) => text.includes(person));
  for (const text of [of("앤"), BUS, SLIDES, PHONE_ASKS]) assert.ok(shown.includes(text), text);
  assert.ok(!shown.includes(of("벤")), "somebody who is muted is on no wall");
  await neverShown(page, taken);
}

async function neverShown(page, taken) {
  const seen = await page.evaluate(() => [...window.seen]);
  assert.ok(seen.some((all) => all.includes(PHONE_ASKS)), "what was seen is known");
  for (const text of taken) assert.ok(!seen.some((all) => all.includes(text)), `the wall showed: ${text}`);
}

/** The host turns the wall to the questions: by votes, the answered one last. */
async function showsQuestions(host, { page }, taken) {
  await toStage(host);
  await host.page.locator(".to-wall .button").click();
  await host.page.locator(".sheet .chip", { hasText: "질문" }).click();
  await page.locator(".asked .answered", { hasText: BUS }).waitFor();
  const asked = () =>
    page.$$eval(".asked li", (all) => all.map((one) => [".text", ".votes"].map((part) => one.querySelector(part).textContent)));
  await until(async () => assert.deepEqual(await asked(), [[SLIDES, "3표"], [PHONE_ASKS, "1표"], [BUS, "7표"]]));
  await neverShown(page, taken);
  await host.page.keyboard.press("Escape");
  await host.page.locator(".sheet").waitFor({ state: "detached" });
}

/** The host asks all rooms; forty vote, one of them twice; it is closed by hand, and everybody has the result. */
async function polls({ hub }, { ann, ben, cat, host, crowds }) {
  const { page } = host;
  await page.locator(".tab", { hasText: "지금" }).click();
  await page.locator(".polls-now > .button").click();
  await page.locator("#poll-question").fill(SUPPER);
  await page.getByRole("button", { name: "답 더하기" }).click();
  for (const [at, text] of ANSWERS.entries()) await page.getByLabel(`답 ${at + 1}`, { exact: true }).fill(text);
  await page.locator(".sheet .primary").click();
  await page.locator(".sheet").waitFor({ state: "detached" });
  const [{ id }] = JSON.parse(await hub.host("poll", "list", "--json"));
  const sockets = crowds.flat();
  await Promise.all(sockets.map((one, n) => one.chooses(id, n % 2)));
  for (const [person, text] of [[ann, ANSWERS[2]], [ben, ANSWERS[0]], [cat, ANSWERS[2]]]) {
    await poll(person).locator(".ballot-answer", { hasText: text }).locator("input").check();
    await poll(person).locator(".ballot .primary").click();
    await poll(person).locator(".poll-bars").waitFor();
  }
  // Another choice takes the place of the one before: 19, 18 and 2 with Ben's for the first become 20, 17 and 3.
  await sockets[1].chooses(id, 2);
  await page.locator(".polls-now .poll-count", { hasText: "3표" }).first().waitFor();
  await page.locator(".polls-now li .button", { hasText: "닫기" }).click();
  await atOnce(host);
  for (const person of [ann, ben, cat]) {
    await poll(person).locator(".poll-facts", { hasText: "끝났어요" }).waitFor();
    const counts = await poll(person).locator(".poll-bars .poll-count").allTextContents();
    assert.deepEqual(counts, ["20표 (50%)", "17표 (43%)", "3표 (8%)"]);
  }
  await ann.page.locator(".notice.announcement", { hasText: "투표 결과" }).waitFor();
  await assert.rejects(sockets[0].chooses(id, 1), /투표/);
}

/** The host downloads the zip: it has what stays and nothing of what was taken back. Returns its SHA-256. */
async function exports({ page }, kept) {
  await page.locator(".tab", { hasText: "기록" }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "모두 내려받기" }).click(),
  ]);
  const folder = mkdtempSync(path.join(tmpdir(), "export-"));
  try {
    const zip = path.join(folder, "chat.zip");
    await download.saveAs(zip);
    const files = path.join(folder, "files");
    execFileSync("python3", ["-m", "zipfile", "-e", zip, files]);
    const read = (...parts) => readFileSync(path.join(files, ...parts), "utf8");
    const lines = read("messages.jsonl").trim().split("\n").map((line) => JSON.parse(line));
    const messages = lines.filter(({ kind }) => kind === "message").map(({ content }) => content);
    assert.deepEqual(messages.sort(), [...kept].sort());
    assert.ok(lines.some(({ kind, content }) => kind === "announcement" && content.includes(CALL)));
    const pages = readdirSync(path.join(files, "rooms"));
    assert.equal(pages.length, TITLES.length);
    const [html, csv] = [pages.map((name) => read("rooms", name)).join(), read("messages.csv")];
    for (const text of kept) assert.ok(html.includes(text) && csv.includes(text), text);
    const [{ question, options, voters }] = JSON.parse(read("polls.json"));
    assert.deepEqual([question, options.map(({ votes }) => votes), voters], [SUPPER, [20, 17, 3], 40]);
    assert.deepEqual(inFiles(files, [SPAM, SLIP]), []);
    return createHash("sha256").update(readFileSync(zip)).digest("hex");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function wipes(hub, sha256) {
  const receipt = await hub.host("wipe", "--yes");
  assert.match(receipt, /Wiped at .+: \d+ messages in 5 rooms, and 40 people\./);
  assert.match(receipt, new RegExp(`The last export has .+, SHA-256 ${sha256}\\.`));
  assert.match(receipt, /No rooms were kept\./);
  assert.match(await hub.host("wipe", "--receipts"), new RegExp(sha256));
}

/** Open pages come to the end of their rooms, and who opens one again sees nothing of before; nor does the wall. */
async function isOver({ ann, ben, cat, host }, { page }) {
  for (const person of [ann, ben, cat]) await person.page.getByText("끝난 방이에요").first().waitFor();
  await ann.page.reload();
  await ann.page.getByRole("heading", { name: "그런 방이 없어요" }).waitFor();
  assert.ok(!(await ann.page.locator("body").textContent()).includes(PHONE_ASKS));
  await page.getByText("이 코드의 방이 없어요").waitFor();
  assert.ok(!(await page.locator("body").textContent()).includes(PHONE_ASKS));
  await host.page.locator(".tab", { hasText: "방" }).click();
  await until(async () => assert.deepEqual(await host.page.locator(".card-title").allInnerTexts(), ["자유롭게 이야기해요"]));
}
