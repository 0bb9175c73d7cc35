// The host's page: an event run from a phone, while those concerned watch their own.

import assert from "node:assert/strict";
import { until } from "./kit/people.mjs";
import { hostLink, opensAsHost } from "./kit/host.mjs";
import { story } from "./kit/story.mjs";

const GONE = "지운 메시지예요";

story("a host with a phone takes back, kicks, bans and locks, and people see it", {}, async (kit) => {
  const { hub, somebody, somebodyIn } = kit;
  const room = await hub.makeRoom({ title: "점심" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const [annName, benName] = [await ann.name(), await ben.name()];
  await ben.says("광고 보고 가세요");
  await ann.sees("광고");

  const host = await somebody();
  await opensAsHost(host);
  const { page } = host;
  assert.equal(new URL(page.url()).hash, "", "the key is out of the address");
  assert.ok(!(await page.evaluate(() => history.state && JSON.stringify(history.state))?.includes?.(".")));
  await page.locator(".big dd", { hasText: /^2$/ }).first().waitFor();
  await host.fits();

  // A room, read along.
  await page.locator(".tab", { hasText: "방" }).click();
  await page.locator(".card", { hasText: "점심" }).click();
  await page.locator(".line", { hasText: "광고 보고" }).waitFor();
  await ann.says("그만해 주세요");
  await page.locator(".line", { hasText: "그만해" }).waitFor();
  await host.fits();

  // A slip is called off; then it is meant.
  await page.locator(".line", { hasText: "광고 보고" }).click();
  await page.locator(".sheet .menu button", { hasText: "메시지 지우기" }).click();
  await page.locator(".act-bar button", { hasText: "취소" }).click();
  await page.locator(".act-bar", { hasText: "취소했어요" }).waitFor();
  await page.locator(".line", { hasText: "광고 보고" }).click();
  await page.locator(".sheet .menu button", { hasText: "메시지 지우기" }).click();
  await ann.page.locator(".bubble.taken-back").waitFor();
  assert.deepEqual(await ben.said(), [GONE, "그만해 주세요"]);
  await page.locator(".line-taken").waitFor();

  // Nobody new comes in, until it is undone.
  await page.locator(".step", { hasText: "있는 사람만" }).click();
  await page.locator(".step[aria-pressed=true]", { hasText: "있는 사람만" }).waitFor();
  const eve = await somebody();
  await eve.opens(`/r/${room.code}`);
  await eve.page.getByRole("heading", { name: "새로 들어갈 수 없는 방이에요" }).waitFor();
  await page.locator(".act-bar button", { hasText: "되돌리기" }).click();
  await page.locator(".step[aria-pressed=true]", { hasText: "열림" }).waitFor();
  await eve.page.getByRole("button", { name: "다시 해 보기" }).click();
  await eve.isLive();

  // Kicked: a moment to think, or none.
  await page.locator(".tab", { hasText: "사람" }).click();
  await page.locator(".line", { hasText: benName }).click();
  await page.locator(".sheet .menu button", { hasText: "내보내기" }).click();
  await page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  await ben.page.locator(".banner", { hasText: "내보냈어요" }).waitFor();
  await ben.page.locator(".banner button").click();
  await ben.isLive();

  // Banned, and undone; banned again, and lifted from the list.
  for (const way of [".act-bar button", ".banned .button"]) {
    await page.locator(".line", { hasText: benName }).first().click();
    await page.locator(".sheet .menu button", { hasText: "막기" }).click();
    await page.locator(".sheet .button.primary").click();
    await ben.page.locator(".banner", { hasText: "막았어요" }).waitFor();
    await page.locator(".banned", { hasText: benName }).waitFor();
    await host.fits();
    await page.locator(way, { hasText: /되돌리기|풀기/ }).click();
    await page.locator(".banned").waitFor({ state: "detached" });
    await ben.page.reload();
    await ben.isLive();
  }
  await page.locator(".line", { hasText: annName }).waitFor();

  // What was done is in the log, by name.
  await page.locator(".tab", { hasText: "기록" }).click();
  await page.locator(".deeds li", { hasText: "내보내기" }).filter({ hasText: "무대" }).waitFor();
  await host.fits();
});

story("one tap makes a room read only for a while, one opens it; all rooms at once, too", {}, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "광장" });
  const other = await hub.makeRoom({ title: "조별", namespace: "조별 방" });
  const modes = async () => {
    const rooms = JSON.parse(await hub.host("room", "list", "--json"));
    return [room, other].map(({ id }) => rooms.find((one) => one.id === id)).map(({ mode, modeUntil }) => [mode, modeUntil !== null]);
  };
  const host = await somebody();
  await opensAsHost(host);
  const { page } = host;
  const step = (name) => page.locator(".step", { hasText: name });
  const isOn = (name) => page.locator(".step[aria-pressed=true]", { hasText: name }).waitFor();
  await page.locator(".tab", { hasText: "방" }).click();
  await page.locator(".card", { hasText: "광장" }).click();
  await step("읽기만").click();
  await isOn("읽기만");
  assert.deepEqual(await modes(), [["read_only", true], ["open", false]]);
  await page.getByText("저절로 열리기까지").waitFor();
  await step("천천히").click();
  await isOn("천천히");
  assert.deepEqual((await modes())[0], ["slow", true], "its time goes on");
  await step("1분").click();
  await isOn("1분");
  await host.fits();
  await page.goBack();
  await page.locator(".all-rooms summary").click();
  await page.locator(".check input").uncheck();
  await step("있는 사람만").click();
  await until(async () => assert.deepEqual(await modes(), [["members", false], ["members", false]]));
  await page.locator(".act-bar button", { hasText: "되돌리기" }).click();
  await until(async () => assert.deepEqual(await modes(), [["slow", true], ["open", false]]));
});

story("somebody is muted, renamed, and all that they have said is taken back", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "광장" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const name = await ben.name();
  for (const text of ["하나", "둘", "셋"]) await ben.says(text);
  await ann.sees("셋");
  await ann.says("안녕하세요");
  const host = await somebody();
  await opensAsHost(host);
  const { page } = host;
  const chooses = (label) => page.locator(".sheet .menu button", { hasText: label }).click();
  await page.locator(".said .line", { hasText: "셋" }).click();
  await host.fits();
  await chooses("최근 메시지 20개 지우기");
  await page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  await until(async () => assert.deepEqual(await ann.said(), [GONE, GONE, GONE, "안녕하세요"]));
  await until(async () => assert.equal(await page.locator(".said .line-taken").count(), 3));

  await page.locator(".tab", { hasText: "사람" }).click();
  await page.locator(".line", { hasText: name }).click();
  await chooses("말 못 하게 하기");
  await host.fits();
  await page.locator(".sheet .button.primary").click();
  await page.locator(".banned", { hasText: name }).waitFor();
  await page.locator(".line", { hasText: "말 못 함" }).waitFor();
  await page.locator(".banned .button").click();
  await page.locator(".banned").waitFor({ state: "detached" });
  await ben.says("다시 해요");
  await ann.sees("다시 해요");

  await page.locator(".line", { hasText: name }).click();
  await chooses("이름 바꿔 주기");
  await page.locator("#new-name").fill("착한 사람");
  await page.keyboard.press("Enter");
  for (const one of [ann, ben]) await one.page.locator(".notice", { hasText: "착한 사람" }).first().waitFor();
  await page.locator(".line", { hasText: "착한 사람" }).waitFor();
  await page.locator(".act-bar button", { hasText: "되돌리기" }).click();
  await page.locator(".line", { hasText: name }).first().waitFor();

  // Who has left can still be reached.
  await ben.page.goto("about:blank");
  await page.getByRole("heading", { name: "조금 전에 나간 사람" }).waitFor();
});

story("whoever floods is shown first, kept out with the newcomers, and let in again from the log", {}, async (kit) => {
  const { hub, somebody, somebodyIn } = kit;
  const room = await hub.makeRoom({ title: "광장" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const name = await ben.name();
  const host = await somebody();
  await opensAsHost(host);
  const { page } = host;
  for (let count = 1; count <= 15; count += 1) await ben.says(`도배 ${count}`);
  const flood = page.locator(".first-look .flood", { hasText: name });
  await flood.waitFor();
  await host.fits();
  await flood.click();
  await page.locator(".sheet .menu button", { hasText: "막기" }).click();
  await page.locator(".sheet .chip", { hasText: "주소 10분" }).click();
  await page.locator(".sheet .chip", { hasText: "읽기만" }).click();
  await host.fits();
  await page.locator(".sheet .button.primary").click();
  await ben.page.locator(".banner", { hasText: "막았어요" }).waitFor();
  await flood.waitFor({ state: "detached" });
  const modes = async () => {
    const rooms = JSON.parse(await hub.host("room", "list", "--json"));
    return rooms.map(({ mode, hereFor, modeUntil }) => [mode, hereFor, modeUntil !== null]);
  };
  await until(async () => assert.ok((await modes()).every((one) => `${one}` === "members,10,true"), `${await modes()}`));
  // Those who watch have just come, too.
  await ann.writes("저는 왜요?");
  await ann.page.getByText("지금은 온 지 얼마 된 사람만 말해요").first().waitFor();
  await page.locator(".tab", { hasText: "기록" }).click();
  const line = page.locator(".deeds li").filter({ has: page.locator("b", { hasText: /^막기$/ }) });
  await line.getByRole("button", { name: /되돌리기/ }).click();
  await line.locator(".button").waitFor({ state: "detached" });
  await host.fits();
  const opens = page.locator(".deeds li", { hasText: "광장" }).getByRole("button", { name: /되돌리기/ });
  await opens.click();
  await page.locator(".act-bar", { hasText: "광장" }).waitFor();
  await until(async () => assert.ok((await modes()).some(([mode]) => mode === "open"), `${await modes()}`));
  await ann.writes("이제 조용하네요");
  await ann.sees("이제 조용하네요");
  await ben.page.reload();
  await ben.isLive();
  await ben.sees("이제 조용하네요");
});

story("a room is edited and deleted, somebody is silenced, while two people watch", {}, async (kit) => {
  const { hub, somebody, somebodyIn } = kit;
  const room = await hub.makeRoom({ title: "광장", history: "all" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const name = await ben.name();
  const both = [ann, ben];
  for (const text of ["하나", "둘"]) await ben.says(text);
  await ann.says("안녕하세요");
  const host = await somebody();
  await opensAsHost(host);
  const { page } = host;
  const chooses = (label) => page.locator(".sheet .menu button", { hasText: label }).click();
  const mutes = async () => JSON.parse(await hub.host("chatter", "list", "--muted", "--json"));

  // Everything of ten minutes is gone; muted for an hour, then until it is lifted.
  await page.locator(".tab", { hasText: "사람" }).click();
  await page.locator(".line", { hasText: name }).click();
  await chooses("최근 10분의 메시지 지우기");
  await page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  for (const one of both) await until(async () => assert.deepEqual(await one.said(), [GONE, GONE, "안녕하세요"]));
  for (const [span, isOver] of [["1시간", true], ["풀 때까지", false]]) {
    await page.locator(".line", { hasText: name }).first().click();
    await chooses("말 못 하게 하기");
    await page.locator(".sheet .chip", { hasText: span }).click();
    await page.locator(".sheet .button.primary").click();
    await page.locator(".banned", { hasText: name }).waitFor();
    assert.deepEqual((await mutes()).map(({ until }) => until !== null), [isOver], span);
    await ben.page.locator("p.muted", { hasText: /\S/ }).waitFor();
    assert.equal((await ann.page.locator("p.muted").textContent()).trim(), "", "only them");
    await page.locator(".banned .button").click();
    await page.locator(".banned").waitFor({ state: "detached" });
    await until(async () => assert.equal((await ben.page.locator("p.muted").textContent()).trim(), ""));
  }

  // The room gets another title, a number and a password, and newcomers read from then on.
  await page.locator(".tab", { hasText: "방" }).click();
  await page.locator(".card", { hasText: "광장" }).click();
  await page.getByRole("button", { name: "방 고치기" }).click();
  await page.locator("#edit-title").fill("큰 광장");
  await page.locator(".sheet .chip", { hasText: /^8/ }).click();
  await page.locator(".sheet .chip", { hasText: "새로 정하기" }).click();
  await page.locator("#edit-password").fill("소나기 7");
  await host.fits();
  await page.locator(".sheet button[type=submit]").click();
  await page.getByRole("heading", { name: "큰 광장" }).waitFor();
  for (const one of both) await one.page.getByRole("heading", { name: "큰 광장" }).waitFor();
  const known = async () => JSON.parse(await hub.host("room", "list", "--json")).find(({ id }) => id === room.id);
  const { capacity, isPassword } = await known();
  assert.deepEqual([capacity, isPassword], [8, true]);
  await page.locator(".step", { hasText: "들어온 뒤부터" }).click();
  await until(async () => assert.equal((await known()).history, "joined"));

  // Kicked before the other's eyes; then the room is gone with all that was said.
  await page.locator(".line", { hasText: "안녕하세요" }).click();
  await chooses("내보내기");
  await page.locator(".act-bar button", { hasText: "바로 하기" }).click();
  await ann.page.locator(".banner", { hasText: "내보냈어요" }).waitFor();
  await ben.says("잘 가요");
  await page.locator(".button.danger", { hasText: "방과 메시지 지우기" }).click();
  await page.locator(".sheet .danger-full").click();
  await ben.page.getByRole("heading", { name: "주최자가 방을 지웠어요" }).waitFor();
  await page.locator(".card", { hasText: "큰 광장" }).waitFor({ state: "detached" });
  assert.equal(await known(), undefined);
});

story("the host announces something, takes it down, and speaks in a room", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "점심" });
  const other = await hub.makeRoom({ title: "산책" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(other);
  const host = await somebody();
  await opensAsHost(host);
  const { page } = host;
  for (const [text, where] of [["모두 모여 주세요", ""], ["밥이 다 됐어요", room.id]]) {
    await page.locator(".announced-now > .button").click();
    await page.locator("#announce-text").fill(text);
    await page.locator("#announce-room").selectOption(where);
    await page.locator(".sheet .primary").click();
    await page.locator(".announced-now li", { hasText: text }).waitFor();
  }
  await host.fits();
  await ann.page.locator(".announced", { hasText: "밥이 다 됐어요" }).waitFor();
  await ben.page.locator(".announced", { hasText: "모두 모여 주세요" }).waitFor();
  for (const text of ["밥이 다 됐어요", "모두 모여 주세요"]) {
    await page.locator(".announced-now li", { hasText: text }).locator("button").click();
    await page.locator(".act-bar button", { hasText: "바로 하기" }).click();
    await page.locator(".announced-now li", { hasText: text }).waitFor({ state: "detached" });
  }
  for (const person of [ann, ben]) await person.page.locator(".announced").waitFor({ state: "detached" });

  await page.locator(".tab", { hasText: "방" }).click();
  await page.locator(".card", { hasText: "점심" }).click();
  await page.locator(".say-line textarea").fill("맛있게 드세요");
  await page.locator(".say-line textarea").press("Enter");
  await ann.sees("맛있게 드세요");
  assert.equal(await ann.page.locator(".msg.of-host .mark").textContent(), "📣");
  await until(async () => assert.equal(await page.locator(".say-line textarea").inputValue(), ""));
  await page.locator(".line", { hasText: "맛있게 드세요" }).click();
  await page.locator(".sheet .menu").waitFor();
  assert.equal(await page.locator(".sheet .menu button", { hasText: /내보내기|막기/ }).count(), 0, "nobody to be kicked");
  await host.fits();
});

story("reports are dealt with by one tap, and a room is made and ended", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "광장" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const report = async (text) => {
    await ben.says(text);
    await ann.sees(text);
    await ann.page.locator(".log").focus();
    await ann.page.keyboard.press("Shift+F10");
    await ann.page.locator(".sheet .menu button", { has: ann.page.locator(".icon-flag") }).click();
    await ann.page.locator(".sheet .chip").first().click();
    await ann.page.locator(".sheet .primary").click();
    await ann.page.locator(".sheet", { hasText: "알렸어요" }).waitFor();
    await ann.closesSheet();
  };
  await report("싸구려 시계 팔아요");
  const host = await somebody();
  await opensAsHost(host);
  const { page } = host;
  await page.locator(".first-look .primary", { hasText: "신고 1건" }).click();
  await page.locator(".report", { hasText: "싸구려" }).waitFor();
  await report("욕 아니에요");
  await page.locator(".report", { hasText: "욕 아니에요" }).waitFor();
  await host.fits();
  await page.locator(".report", { hasText: "욕 아니에요" }).getByRole("button", { name: "처리 끝" }).click();
  await page.locator(".report", { hasText: "싸구려" }).getByRole("button", { name: "메시지 지우기" }).click();
  await ann.page.locator(".bubble.taken-back").waitFor();
  await page.getByRole("heading", { name: "기다리는 신고가 없어요" }).waitFor();
  assert.deepEqual(await ann.said(), [GONE, "욕 아니에요"]);

  await page.locator(".tab", { hasText: "방" }).click();
  await page.locator(".button.primary", { hasText: "방 만들기" }).click();
  await page.locator("#room-title").fill("별 보기");
  await page.locator(".sheet button[type=submit]").click();
  await page.getByRole("heading", { name: "별 보기" }).waitFor();
  const { data } = await (await fetch(`${hub.direct}/chat/rooms`)).json();
  const made = data.find((one) => one.title === "별 보기");
  for (const one of [ann, ben]) await one.enters(made);
  await page.locator(".button.danger", { hasText: "방 끝내기" }).click();
  await page.locator(".sheet", { hasText: "별 보기" }).locator(".danger-full").click();
  for (const one of [ann, ben]) await one.page.locator(".banner", { hasText: "주최자가 방을 닫았어요" }).waitFor();
  await page.locator(".card", { hasText: "별 보기" }).waitFor({ state: "detached" });
});

story("a key belongs to one browser, a helper's may do less, and a revoked one nothing", {}, async (kit) => {
  const { hub, somebody, somebodyIn } = kit;
  const ann = await somebodyIn(await hub.makeRoom({ title: "광장" }));
  await ann.says("안녕하세요");
  const link = await hostLink(hub, "무대");
  const host = await somebody();
  await opensAsHost(host, link);
  await host.page.reload();
  await host.page.locator(".figures").waitFor();
  const thief = await somebody();
  await thief.page.goto(link);
  await thief.page.getByRole("heading", { name: "다른 브라우저의 열쇠예요" }).waitFor();
  await thief.fits();
  await thief.page.getByRole("button", { name: "English" }).click();
  await thief.page.getByRole("heading", { name: "This key belongs to another browser" }).waitFor();

  // Another key in the same browser, while the page is open.
  const helper = await hostLink(hub, "도우미", "--helper");
  await host.page.evaluate((hash) => (location.hash = hash), new URL(helper).hash);
  await host.page.locator(".pill", { hasText: "도우미" }).waitFor();
  assert.equal(new URL(host.page.url()).hash, "");
  assert.deepEqual(await host.page.locator(".tab").allTextContents(), ["지금", "방", "사람", "신고"]);
  await host.page.locator(".tab", { hasText: "방" }).click();
  await host.page.locator(".card").first().waitFor();
  assert.equal(await host.page.getByRole("button", { name: "방 만들기" }).count(), 0);
  await host.page.locator(".card", { hasText: "광장" }).click();
  await host.page.locator(".line", { hasText: "안녕하세요" }).click();
  const choices = await host.page.locator(".sheet .menu button").allTextContents();
  assert.ok(choices.some((one) => one.startsWith("메시지 지우기")), choices.join());
  assert.ok(!choices.some((one) => one.startsWith("막기")), choices.join());
  assert.equal(await host.page.locator(".controls").count(), 0);

  await hub.host("host", "revoke", "도우미");
  await host.page.getByRole("heading", { name: "이 열쇠는 이제 쓸 수 없어요" }).waitFor();
  await host.fits();
  await host.page.getByRole("button", { name: "이 휴대전화에서 열쇠 지우기" }).click();
  await host.page.getByRole("heading", { name: "열쇠가 필요해요" }).waitFor();
  assert.deepEqual(await host.page.evaluate(() => Object.keys(localStorage).filter((name) => name === "cola.host")), []);
});

story("without a key the page says how to get one, and a broken link is told", {}, async ({ hub, somebody }) => {
  const eve = await somebody();
  await eve.opens("/host");
  await eve.page.locator(".command", { hasText: /^sudo colahub host add 이름$/ }).waitFor();
  await eve.fits();
  await eve.page.goto("about:blank");
  const link = await hostLink(hub, "무대");
  await eve.page.goto(link.slice(0, -5));
  await eve.page.getByText("링크가 온전하지 않아요").waitFor();
  assert.equal(new URL(eve.page.url()).hash, "");
});

story("the hub goes away and comes back, and the page says so and goes on", {}, async ({ hub, somebody }) => {
  await hub.makeRoom({ title: "광장" });
  const host = await somebody();
  await opensAsHost(host);
  hub.wire.cut();
  await host.page.locator(".banner", { hasText: "대답하지 않아요" }).waitFor();
  await host.fits();
  hub.wire.mend();
  await until(async () => assert.equal(await host.page.locator(".banner").textContent(), ""));
  await hub.restart();
  await host.page.locator(".tab", { hasText: "방" }).click();
  await host.page.locator(".card", { hasText: "광장" }).waitFor();
});

story("whoever listens can neither replay nor alter what a host has sent", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "광장" });
  const ann = await somebodyIn(room);
  const host = await somebody();
  const heard = [];
  // Those that were answered: one that the page calls off as it goes away has not counted yet.
  host.page.on("requestfinished", (request) => {
    const { pathname, search } = new URL(request.url());
    if (!pathname.startsWith("/api/host/")) return;
    const sent = { method: request.method(), path: pathname + search, body: request.postData() };
    heard.push({ ...sent, authorization: request.headers().authorization });
  });
  await opensAsHost(host);
  await host.page.locator(".tab", { hasText: "방" }).click();
  await host.page.locator(".card", { hasText: "광장" }).click();
  await host.page.locator(".step", { hasText: "있는 사람만" }).click();
  await host.page.locator(".step[aria-pressed=true]", { hasText: "있는 사람만" }).waitFor();
  await host.page.goto("about:blank");
  await hub.host("room", "unlock", room.code);

  const sends = async ({ method, path, body, authorization }) => {
    const response = await fetch(hub.direct + path, {
      method,
      headers: { authorization, "content-type": "application/json" },
      ...(body && { body }),
    });
    return [response.status, (await response.json()).code];
  };
  const before = JSON.parse(await hub.host("log", "--json"));
  const act = heard.find(({ path }) => path.includes("/mode?"));
  assert.ok(heard.length > 4 && act?.body.includes("members"), "the recording has the act");
  for (const one of heard) assert.deepEqual(await sends(one), [401, "replayed"], one.path);
  const number = Number(/seq=(\d+)/.exec(act.authorization)[1]);
  const altered = [
    { ...act, authorization: act.authorization.replace(`seq=${number}`, `seq=${number + 10_000_000}`) },
    { ...act, path: act.path.replace("/mode", "/delete") },
    { ...act, path: act.path.replace(/\/rooms\/[^/]+/, "") },
    { ...act, method: "DELETE" },
    { ...act, body: act.body.replace("members", "memberz") },
    { ...act, path: `${act.path}x` },
  ];
  for (const one of altered) assert.deepEqual(await sends(one), [401, "bad_signature"], JSON.stringify(one));
  assert.deepEqual(JSON.parse(await hub.host("log", "--json")), before, "nothing was done");
  await ann.says("아직 있어요");
  const secrets = heard.map((one) => JSON.stringify(one)).join();
  assert.ok(!/\/host#/.test(secrets));
});
