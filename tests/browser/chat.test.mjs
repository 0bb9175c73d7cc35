// Two people, and everything that a chat is.

import assert from "node:assert/strict";
import { DESK, until } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

story("a visitor is chatting two taps after the address", {}, async ({ somebody }) => {
  const ann = await somebody();
  await ann.opens("/");
  await ann.page.locator(".brand", { hasText: "여름 캠프" }).waitFor();
  await ann.page.locator(".card").first().click();
  await ann.isLive();
  await ann.says("안녕하세요");
  assert.deepEqual(await ann.said(), ["안녕하세요"]);
});

story("two people talk, and each knows who said what", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "점심" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  const benName = await ben.name();
  await ann.page.locator(".notice", { hasText: "들어왔어요" }).last().waitFor();

  await ann.says("점심 줄 짧아요");
  await ben.sees("점심 줄 짧아요");
  await ben.says("지금 갈게요");
  await ann.sees("지금 갈게요");

  assert.equal(await ann.page.locator(".msg.mine").count(), 1);
  assert.equal(await ann.page.locator(".msg.theirs .who").textContent(), benName);
  const mark = await ann.page.locator(".msg.theirs .mark").textContent();
  await ann.opensPeople();
  assert.equal(await ann.page.locator(".people li").count(), 2);
  assert.equal(await ann.page.locator(".people li", { hasText: benName }).locator(".mark").textContent(), mark);
});

story("a room is made with a title, a channel, a capacity and a password", {}, async ({ hub, somebody }) => {
  const ann = await somebody();
  await ann.opens("/");
  await ann.page.getByRole("button", { name: "방 만들기" }).click();
  await ann.page.getByRole("button", { name: "만들고 들어가기" }).click();
  await ann.page.getByText("방 제목을 적어 주세요.").waitFor();
  await ann.page.getByLabel("방 제목").fill("3조 저녁");
  await ann.page.getByRole("radio", { name: "새 채널" }).check();
  await ann.page.getByRole("textbox", { name: "새 채널" }).fill("조별 방");
  await ann.page.getByRole("radio", { name: "8", exact: true }).check();
  await ann.page.getByLabel("비밀번호", { exact: true }).fill("1234");
  await ann.page.getByRole("button", { name: "만들고 들어가기" }).click();
  await ann.isLive();
  await ann.says("들어왔다");
  await ann.page.getByRole("link", { name: "방 목록으로" }).click();
  const card = ann.page
    .locator("section", { has: ann.page.getByRole("heading", { name: "조별 방" }) })
    .locator(".card");
  await card.locator(".card-people", { hasText: "/ 8명" }).waitFor();
  const { data } = await (await fetch(`${hub.url}/chat/rooms`)).json();
  const made = data.find((room) => room.title === "3조 저녁");
  assert.deepEqual([made.namespace, made.capacity, made.isPassword], ["조별 방", 8, true]);
});

story("a room is opened by its code, said aloud and typed badly", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "코드" });
  const ann = await somebodyIn(room);
  await ann.opensDetails();
  const code = (await ann.page.locator(".room-code").textContent()).trim();
  assert.equal(code, room.code);
  await ann.page.locator(".qr path").waitFor();

  const ben = await somebody();
  await ben.opens("/");
  await ben.page.getByRole("button", { name: "코드로 들어가기" }).click();
  await ben.page.getByLabel("방 코드").fill("ACDEFG");
  await ben.page.keyboard.press("Enter");
  await ben.page.getByText("그런 코드의 방이 없어요").waitFor();
  await ben.page.getByLabel("방 코드").fill(`${code.slice(0, 3).toLowerCase()} ${code.slice(3)}`);
  await ben.page.keyboard.press("Enter");
  await ben.isLive();
  assert.equal(new URL(ben.page.url()).pathname, `/r/${code}`);
});

story("a name is changed, everywhere", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "이름" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ann.says("하나");
  await ben.sees("하나");
  await ann.opensDetails();
  await ann.page.getByLabel("내 이름").fill("محمد");
  await ann.page.getByRole("dialog").getByRole("button", { name: "바꾸기" }).click();
  await ann.page.getByText("이름을 바꿨어요.").waitFor();
  await ann.closesSheet();
  await ben.page.locator(".notice", { hasText: "이름이 바뀌었어요" }).waitFor();
  await until(async () => assert.equal(await ben.page.locator(".who").first().textContent(), "محمد"));
  assert.equal(await ann.name(), "محمد");
});

story("one sees that somebody is typing, and it ends", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "쓰는 중" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ben.composer.pressSequentially("음…");
  await ann.page.locator(".typing", { hasText: "쓰고 있어요" }).waitFor();
  await ben.composer.fill("");
  await until(async () => assert.equal(await ann.page.locator(".typing").textContent(), ""));
});

story(
  "Enter sends, Shift+Enter breaks the line, and nothing is sent while composing",
  {},
  async ({ hub, somebodyIn }) => {
    const room = await hub.makeRoom({ title: "한글" });
    const ann = await somebodyIn(room);
    await ann.composer.focus();
    const keyboard = await ann.context.newCDPSession(ann.page);
    for (const text of ["ㅎ", "하", "한"]) {
      await keyboard.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    }
    // This is how browsers treat Enter while an input method has the keyboard.
    await keyboard.send("Input.dispatchKeyEvent", {
      type: "rawKeyDown",
      key: "Enter",
      code: "Enter",
      windowsVirtualKeyCode: 229,
    });
    await keyboard.send("Input.dispatchKeyEvent", {
      type: "keyUp",
      key: "Enter",
      code: "Enter",
      windowsVirtualKeyCode: 229,
    });
    assert.equal(await ann.composer.inputValue(), "한");
    assert.deepEqual(await ann.said(), []);
    await keyboard.send("Input.insertText", { text: "한" });
    await ann.page.keyboard.press("Shift+Enter");
    await ann.page.keyboard.type("둘째 줄");
    await ann.page.keyboard.press("Enter");
    await ann.hasSentAll();
    assert.deepEqual(await ann.said(), ["한\n둘째 줄"]);
    assert.equal(await ann.composer.inputValue(), "");
  },
);

story("the composer sends nothing that nobody could see, and no tower of marks", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "빈말" });
  const ann = await somebodyIn(room);
  for (const nothing of ["\u3164", "\u200b\u2060", "\u2800 \u00ad"]) {
    await ann.composer.fill(nothing);
    assert.equal(await ann.page.locator(".send").getAttribute("aria-disabled"), "true");
    await ann.composer.press("Enter");
  }
  await ann.composer.fill(`a${"\u0301".repeat(200)}`);
  await ann.page.getByText("한 글자에 부호가 너무 많아요").waitFor();
  await ann.composer.press("Enter");
  await ann.composer.fill("이제 보여요");
  await ann.composer.press("Enter");
  await ann.sees("이제 보여요");
  assert.deepEqual(await ann.said(), ["이제 보여요"]);
});

story("the composer counts down, and sends nothing that is too long", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "길이" });
  const ann = await somebodyIn(room);
  await ann.composer.fill("가".repeat(990));
  await ann.page.getByText("10자 남음").waitFor();
  await ann.composer.fill("가".repeat(1001));
  await ann.page.getByText("1자가 넘쳤어요").waitFor();
  await ann.composer.press("Enter");
  assert.deepEqual(await ann.said(), []);
  await ann.composer.fill("가".repeat(1000));
  await ann.composer.press("Enter");
  await ann.hasSentAll();
  assert.equal((await ann.said())[0].length, 1000);
});

story("a reader who scrolled up is not moved, and sees what is new", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "위로" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  for (let n = 1; n <= 30; n += 1) await ben.writes(`${n}번째 글이에요`);
  await ann.sees("30번째");
  const log = ann.page.locator(".log");
  await log.evaluate((element) => (element.scrollTop = 200));
  await ann.page.getByText("맨 아래로").waitFor();
  const place = await log.evaluate((element) => element.scrollTop);
  await ben.says("새 글");
  await ann.page.getByRole("button", { name: "새 메시지 1개" }).waitFor();
  assert.equal(await log.evaluate((element) => element.scrollTop), place);
  await ann.page.getByRole("button", { name: "새 메시지 1개" }).click();
  await until(async () => assert.equal(await ann.page.locator(".to-newest").count(), 0));
});

story("a returning reader continues where they left", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "다시" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ben.says("보고 간 글");
  await ann.sees("보고 간 글");
  await ann.opens("/join");
  for (let n = 1; n <= 60; n += 1) await ben.writes(`놓친 글 ${n}`);
  await ben.hasSentAll();
  await ann.enters(room);
  await ann.page.locator(".log .bubble", { hasText: /^놓친 글 60$/ }).waitFor();
  await ann.page.locator(".log").evaluate((element) => (element.scrollTop = 0));
  await ann.page.locator(".log .bubble", { hasText: "보고 간 글" }).waitFor();
  const line = ann.page.locator(".new-line");
  assert.equal(await line.count(), 1);
  const next = await line.evaluate((element) => element.nextElementSibling.querySelector(".bubble").textContent);
  assert.equal(next, "놓친 글 1");
});

story("rooms, chat and people stand side by side on a desk", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "책상" });
  const other = await hub.makeRoom({ title: "옆방" });
  const ann = await somebodyIn(room, { viewport: DESK });
  await ann.page.locator(".lobby .card-here", { hasText: "책상" }).waitFor();
  await ann.page.locator(".people-pane li").waitFor();
  assert.equal(await ann.composer.evaluate((element) => document.activeElement === element), true);
  // A newcomer is counted everywhere at once, not only at the lobby's next look.
  await somebodyIn(room);
  await ann.page.locator(".lobby .card-here .card-people", { hasText: "2명" }).waitFor();
  assert.equal(await ann.page.locator(".lobby .pill [aria-hidden]").textContent(), "2명");
  await ann.page.locator(".card", { hasText: "옆방" }).click();
  await ann.page.getByRole("heading", { name: "옆방", level: 1 }).waitFor();
  await ann.isLive();
  await ann.says("옆방이에요");
  assert.equal(new URL(ann.page.url()).pathname, `/r/${other.code}`);
});

story("leaving says so to the others", {}, async ({ hub, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "안녕" });
  const ann = await somebodyIn(room);
  const ben = await somebodyIn(room);
  await ben.opensDetails();
  await ben.page.getByRole("button", { name: "방 나가기" }).click();
  await ben.page.locator(".card").first().waitFor();
  await ann.page.locator(".notice", { hasText: "나갔어요" }).waitFor();
  await until(async () => assert.equal(await ann.page.locator(".people-count").textContent(), "1"));
});

story("the page speaks English to those who do, and switches", {}, async ({ somebody }) => {
  const ann = await somebody({ locale: "en-GB" });
  await ann.opens("/");
  await ann.page.getByRole("button", { name: "Make a room" }).waitFor();
  assert.equal(await ann.page.evaluate(() => document.documentElement.lang), "en");
  await ann.page.getByRole("button", { name: "한국어" }).click();
  await ann.page.getByRole("button", { name: "방 만들기" }).waitFor();
  await ann.page.reload();
  await ann.page.getByRole("button", { name: "방 만들기" }).waitFor();
});

story("the phone's back button closes what is open before it leaves the room", {}, async ({ hub, somebody }) => {
  await hub.makeRoom({ title: "뒤로" });
  const ann = await somebody();
  await ann.opens("/");
  await ann.page.locator(".card", { hasText: "뒤로" }).click();
  await ann.isLive();
  await ann.opensPeople();
  await ann.page.goBack();
  await ann.page.locator(".sheet").waitFor({ state: "detached" });
  assert.equal(await ann.composer.count(), 1);
  await ann.page.goBack();
  await ann.page.locator(".card").first().waitFor();
});

const WIFI = { COLAHUB_WIFI_SSID: "camp-2026", COLAHUB_WIFI_PASSWORD: "cola;hub", COLAHUB_WIFI_SECURITY: "WPA" };

story("the join page shows the address as a code and as text, and the Wi-Fi", WIFI, async ({ hub, somebody }) => {
  const ann = await somebody();
  await ann.opens("/join");
  await ann.page.getByRole("img", { name: "와이파이 camp-2026의 QR 코드" }).waitFor();
  const { data } = await (await fetch(`${hub.url}/api/hub`)).json();
  await ann.page.getByText(data.addresses[0], { exact: true }).waitFor();
  await ann.page.getByText("cola;hub").waitFor();
  await ann.fits();
});

story("today is yesterday after midnight, also where nobody says anything", {}, async ({ hub, somebody, somebodyIn }) => {
  const room = await hub.makeRoom({ title: "밤새" });
  const ben = await somebodyIn(room);
  await ben.says("아직 안 자요");
  const ann = await somebody();
  await ann.page.clock.install({ time: new Date().setHours(23, 59, 55, 0) });
  await ann.enters(room);
  const day = ann.page.locator(".day").first();
  assert.equal(await day.textContent(), "오늘");
  // Shorter than the hub may be silent: nothing else happens that would draw the page again.
  await ann.page.clock.runFor(20_000);
  await until(async () => assert.equal(await day.textContent(), "어제"));
});

story("a browser that cannot count characters sends decomposed Hangul all the same", {}, async ({ hub, somebody }) => {
  const room = await hub.makeRoom({ title: "자모" });
  const ann = await somebody();
  await ann.page.addInitScript(() => delete Intl.Segmenter);
  await ann.enters(room);
  const text = "각".repeat(990).normalize("NFD");
  await ann.composer.fill(text);
  await ann.page.getByText("10자 남음").waitFor();
  await ann.says(text);
  const [said] = await ann.said();
  assert.ok(said.normalize("NFC") === "각".repeat(990), `${said.length} code units`);
});

story("rooms of one title are told apart by their codes", {}, async ({ hub, somebody }) => {
  const twins = [await hub.makeRoom({ title: "점심" }), await hub.makeRoom({ title: "점심", namespace: "조별 방" })];
  await hub.makeRoom({ title: "저녁" });
  const ann = await somebody();
  await ann.opens("/");
  await ann.page.locator(".card").first().waitFor();
  for (const { code } of twins) await ann.page.getByRole("link", { name: `코드 ${code}` }).waitFor();
  assert.equal(await ann.page.locator(".card", { hasText: "코드" }).count(), 2);
});

story("a link with something after it leads where it says", {}, async ({ hub, somebodyIn, somebody }) => {
  const room = await hub.makeRoom({ title: "링크" });
  const ann = await somebodyIn(room);
  await ann.says(`우리 방은 ${hub.url}/r/${room.code}로 오면 돼요 (https://ex.com/a_(b)_c)입니다`);
  const links = await ann.page.$$eval(".bubble a", (all) => all.map((link) => link.href));
  assert.deepEqual(links, [`${hub.url}/r/${room.code}`, "https://ex.com/a_(b)_c"]);
  const ben = await somebody();
  for (const path of [`/r/${room.code}로`, `/r/${room.code}/`, `/r/${room.code.toLowerCase()}`]) {
    await ben.opens(path);
    await ben.isLive();
  }
  await ben.opens("/join/");
  await ben.page.locator(".qr path").first().waitFor();
});
