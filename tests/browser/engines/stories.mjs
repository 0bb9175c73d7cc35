// The page's main stories, as every engine has to tell them. The finer ones are told in Chromium (`../*.test.mjs`).

import assert from "node:assert/strict";
import { until } from "../kit/people.mjs";
import { DESK } from "./person.mjs";

/** Nobody is told that they talk too fast. */
const QUICK = { COLAHUB_LIMITS_PROFILE: "off" };

export const STORIES = [
  {
    name: "one comes in and talks, in Korean and in English",
    async tell({ hub, somebody, talker }) {
      const room = await hub.makeRoom({ title: "어서 와요", history: "all" });
      const ben = await talker(room);
      await ben.says("먼저 온 사람이에요");
      const ann = await somebody({ language: null });
      await ann.opens("/");
      await ann.sees(".card", "어서 와요");
      // Each browser begins in a language of its own.
      const language = () => ann.page.evaluate(() => document.documentElement.lang);
      const first = await language();
      await ann.clicks(".lobby button", first === "ko" ? "English" : "한국어");
      await until(async () => assert.notEqual(await language(), first));
      for (const wanted of ["en", "ko"]) {
        if ((await language()) !== wanted) await ann.clicks(".lobby button", wanted === "ko" ? "한국어" : "English");
        await ann.sees(".foot .primary", wanted === "ko" ? "방 만들기" : "Make a room");
        await ann.wasFine();
      }
      await ann.clicks(".card", "어서 와요");
      await ann.isLive();
      await ann.sees(".bubble", "먼저 온 사람이에요");
      await ann.says("안녕하세요! Hello 👋");
      await ann.types(".composer textarea", "둘째 줄 없이");
      await ann.clicks(".send");
      await ann.sees(".msg[data-seq] .bubble", "둘째 줄 없이");
      await ben.says("반가워요");
      await ann.sees(".bubble", "반가워요");
      assert.deepEqual(await ann.said(), ["먼저 온 사람이에요", "안녕하세요! Hello 👋", "둘째 줄 없이", "반가워요"]);
      // A sheet, and the way back.
      await ann.clicks(".room .bar > .round", null);
      await ann.sees(".sheet .qr path");
      await ann.wasFine();
      await ann.page.evaluate(() => history.back());
      await ann.seesNo(".sheet");
      await ann.sees(".composer textarea");
    },
  },
  {
    // No driver has an input method; these are the events that one makes here, and in Safari.
    name: "nothing is sent while a syllable is built",
    async tell({ hub, somebody }) {
      const room = await hub.makeRoom({ title: "한글", history: "all" });
      const ann = await somebody();
      await ann.enters(room);
      await ann.types(".composer textarea", "안녕하세");
      await ann.page.evaluate(() => {
        const area = document.querySelector(".composer textarea");
        const enter = (more) =>
          area.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true, ...more }));
        area.dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
        area.value += "요";
        area.dispatchEvent(new InputEvent("input", { bubbles: true, isComposing: true }));
        enter({ isComposing: true, keyCode: 229 });
        area.dispatchEvent(new CompositionEvent("compositionend", { data: "요", bubbles: true }));
        enter({ keyCode: 229 });
        // What was written is drawn two frames later at the latest.
        return new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))));
      });
      assert.deepEqual(await ann.said(), []);
      await ann.page.press("Enter");
      await ann.sees(".msg[data-seq] .bubble", "안녕하세요");
      assert.deepEqual(await ann.said(), ["안녕하세요"]);
      await ann.wasFine();
    },
  },
  {
    name: "the network is lost and comes back, and so does the hub",
    async tell({ hub, somebody, talker }) {
      const room = await hub.makeRoom({ title: "끊김", history: "all" });
      const ben = await talker(room);
      const ann = await somebody();
      await ann.enters(room);
      await ann.says("아직 여기");
      hub.wire.cut();
      await ann.sees(".room .banner:not(.banner-none)");
      await ann.writes("끊긴 사이에 쓴 말");
      await ann.sees(".msg.sending");
      await ben.says("못 들었죠?");
      hub.wire.mend();
      await ann.sees(".msg[data-seq] .bubble", "끊긴 사이에 쓴 말");
      await ann.sees(".room .banner.banner-none");
      assert.deepEqual(await ann.said(), ["아직 여기", "못 들었죠?", "끊긴 사이에 쓴 말"]);

      await hub.kill();
      await ann.sees(".room .banner:not(.banner-none)");
      await ann.writes("허브가 없을 때");
      await ann.sees(".msg.sending");
      // Also over a reload of the page, once there is a hub to load it from.
      await hub.start();
      await ann.enters(room);
      await ann.sees(".msg[data-seq] .bubble", "허브가 없을 때");
      assert.deepEqual(await ann.said(), ["아직 여기", "못 들었죠?", "끊긴 사이에 쓴 말", "허브가 없을 때"]);
      await ann.wasFine();
    },
  },
  {
    name: "what is one tap away is there without a network, and a room is opened without one",
    async tell({ hub, somebody, talker }) {
      const room = await hub.makeRoom({ title: "끊긴 사이", history: "all" });
      const ben = await talker(room);
      await ben.says("어서 와요");
      const ann = await somebody();
      await ann.opens("/");
      await ann.sees(".card", "끊긴 사이");
      // The parts have come once they are in the browser's list of what it fetched.
      const parts = () =>
        ann.page.evaluate(() => performance.getEntriesByType("resource").map(({ name }) => name).join(" "));
      for (const part of ["room", "qr", "sheets"]) {
        await until(async () => assert.match(await parts(), new RegExp(`/${part}-`)));
      }
      await ann.page.evaluate(() => new Promise((done) => setTimeout(done, 0, true)));
      hub.wire.cut();
      await ann.clicks(".card", "끊긴 사이");
      await ann.sees(".room .banner", "와이파이를 확인해 주세요");
      await ann.sees(".room-title", "끊긴 사이");
      await ann.wasFine();
      hub.wire.mend();
      await ann.isLive();
      await ann.sees(".bubble", "어서 와요");
      hub.wire.cut();
      await ann.opensMenu();
      await ann.closesSheet();
      await ann.clicks(".room .bar > .round");
      await ann.sees(".sheet .qr path");
      await ann.wasFine();
    },
  },
  {
    name: "one answers, reacts, and takes a slip back",
    async tell({ hub, somebody, talker }) {
      const room = await hub.makeRoom({ title: "대답", history: "all" });
      const ben = await talker(room);
      await ben.says("우산 주운 분?");
      const ann = await somebody();
      await ann.enters(room);
      await ann.opensMenu();
      await ann.clicks(".sheet .react button", "🎉");
      await ann.seesNo(".sheet");
      await ann.sees(".reacted button[aria-pressed=true]", "🎉 1");
      await ann.opensMenu();
      await ann.wasFine();
      await ann.clicks(".sheet .menu button", "답하기");
      await ann.sees(".composer-answer", "우산 주운 분?");
      await ann.says("안내소에 있어요");
      await ann.sees(".msg.mine .answered", "우산 주운 분?");
      await ann.clicks(".reacted button", "🎉 1");
      await ann.seesNo(".reacted button");
      await ann.opensMenu();
      await ann.clicks(".sheet .menu button", "보내기 취소");
      await ann.sees(".bubble.taken-back");
      await ann.wasFine();
    },
  },
  {
    name: "one searches, goes far back, and comes to the newest again",
    settings: QUICK,
    async tell({ hub, somebody, talker }) {
      const room = await hub.makeRoom({ title: "옛날", history: "all" });
      const ben = await talker(room);
      await ben.says("2층 회의실에서 만나요");
      await ben.saysMany(150, (n) => `이야기 ${n}`);
      const ann = await somebody();
      await ann.enters(room);
      await ann.clicks(".bar .round[aria-label='메시지 찾기']");
      await ann.focuses(".find input");
      await ann.page.type("회의실");
      await ann.page.press("Enter");
      await ann.sees(".found-list mark", "회의실");
      await ann.wasFine();
      await ann.clicks(".found-list button");
      await ann.isInView("2층 회의실에서 만나요");
      await ben.says("새로 온 말");
      await ann.sees(".to-newest", "새 메시지 1개");
      await ann.isInView("2층 회의실에서 만나요");
      await ann.clicks(".to-newest");
      await ann.isInView("새로 온 말");
      await ann.wasFine();
    },
  },
  {
    name: "whoever reads further up stays there, whoever is at the bottom follows",
    settings: QUICK,
    async tell({ hub, somebody, talker }) {
      const room = await hub.makeRoom({ title: "자리", history: "all" });
      const ben = await talker(room);
      await ben.saysMany(100, (n) => `이야기 ${n}`);
      const ann = await somebody();
      await ann.enters(room);
      await ann.isInView("이야기 100");
      await ben.says("하나 더");
      await ann.isInView("하나 더");
      await ann.page.evaluate(() => {
        const log = document.querySelector(".log");
        log.scrollTop = log.scrollHeight - 3 * log.clientHeight;
      });
      const first = () =>
        ann.page.evaluate(() => {
          const { top } = document.querySelector(".log").getBoundingClientRect();
          const row = [...document.querySelectorAll(".log .msg")].find((one) => one.getBoundingClientRect().bottom > top);
          return [row.dataset.seq, Math.round(row.getBoundingClientRect().top - top)];
        });
      await ann.sees(".to-newest");
      const before = await first();
      await ben.saysMany(3, (n) => `새 말 ${n}`);
      await ann.sees(".to-newest", "새 메시지 3개");
      const after = await first();
      assert.equal(after[0], before[0]);
      assert.ok(Math.abs(after[1] - before[1]) <= 1, `${after} is where ${before} was`);
    },
  },
  {
    name: "one hears what one wants to, and tells the host",
    async tell({ hub, somebody, talker, engine, skips }) {
      const room = await hub.makeRoom({ title: "소리", history: "all" });
      const ben = await talker(room);
      const ann = await somebody();
      await ann.enters(room);
      await ann.page.evaluate(() => {
        window.sounds = 0;
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (...at) {
          window.sounds += 1;
          return start.apply(this, at);
        };
      });
      if (engine.SILENT) skips(engine.SILENT);
      const hears = async (count) =>
        engine.SILENT ??
        until(async () => assert.equal(await ann.page.evaluate(() => window.sounds), count, "sounds"));
      await ann.clicks(".room .bar > .round");
      await ann.clicks(".attention input[name=sound]");
      await hears(1);
      await ann.closesSheet();
      await ben.says("싸게 팔아요");
      await hears(2);
      await ann.opensMenu();
      await ann.clicks(".sheet .menu button", "주최자에게 알리기");
      await ann.clicks(".sheet .chip input");
      await ann.wasFine();
      await ann.clicks(".sheet .primary", "알리기");
      await ann.sees(".sheet", "주최자에게 알렸어요");
      assert.match(await hub.host("report", "list"), /싸게 팔아요/);
    },
  },
  {
    name: "rooms, talk and people stand side by side on a desk",
    async tell({ hub, somebody, talker }) {
      const room = await hub.makeRoom({ title: "책상", history: "all" });
      const ben = await talker(room);
      await ben.says("여기는 넓네요");
      const ann = await somebody({ size: DESK });
      await ann.enters(room);
      await ann.sees(".lobby .card", "책상");
      await ann.sees(".people-pane li");
      await ann.sees(".bubble", "여기는 넓네요");
      // Whatever scrolls has the ground of its column behind it.
      const edges = await ann.page.evaluate(() => getComputedStyle(document.querySelector(".log")).scrollbarColor ?? "");
      assert.doesNotMatch(edges, /rgb\(255, 255, 255\)/);
      await ann.wasFine();
    },
  },
];
