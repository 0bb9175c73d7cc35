// Cola Chat's own front end: a page from elsewhere that sends no credentials, with the calls that it makes
// on each load, in its order: whether it is still online, its history, and only then the connection.

import assert from "node:assert/strict";
import http from "node:http";
import { after } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { openBrowser } from "./kit/people.mjs";
import { story } from "./kit/story.mjs";

const PAGE = `<!doctype html><meta charset="utf-8"><title>front</title><script>
window.load = async ({ hub, room, namespace }) => {
  const known = sessionStorage.getItem(room) ?? undefined;
  const online = await (await fetch(hub + "/chat/rooms/" + room + "/" + known + "/reentry-check")).json();
  const history = await (await fetch(hub + "/chat/messages/" + room + "/1/" + known)).json();
  await new Promise((resolve, reject) => {
    const script = document.createElement("script");
    Object.assign(script, { src: hub + "/socket.io/socket.io.js", onload: resolve, onerror: reject });
    document.head.append(script);
  });
  window.socket = io(hub + "/" + namespace, { transports: ["websocket"] });
  const entered = await new Promise((resolve) => {
    socket.on("connect", () => socket.emit("joinRoom", { roomId: room, chatterId: known ?? null }, resolve));
  });
  sessionStorage.setItem(room, entered.data.id);
  return { online: online.data, history, id: entered.data.id };
};
window.say = (roomId, content) =>
  new Promise((resolve) => socket.emit("sendMessage", { roomId, content }, resolve));
</script>`;

const front = http.createServer((_, response) => {
  response.writeHead(200, { "content-type": "text/html; charset=utf-8" });
  response.end(PAGE);
});
await new Promise((resolve) => front.listen(0, "127.0.0.1", resolve));
after(() => front.close());
const origin = `http://127.0.0.1:${front.address().port}`;

story("Cola Chat's front end has its history after a refresh, fast or slow", { COLAHUB_CORS_ORIGINS: origin }, async ({ hub }) => {
  const room = await hub.makeRoom({ title: "캠프" });
  const context = await (await openBrowser()).newContext();
  try {
    const page = await context.newPage();
    const loads = async () => {
      await page.goto(origin);
      return page.evaluate((where) => window.load(where), { hub: hub.url, room: room.id, namespace: room.namespace });
    };
    const first = await loads();
    assert.deepEqual(first.history.data, [], "nobody yet");
    const said = await page.evaluate(([id, text]) => window.say(id, text), [room.id, "안녕하세요"]);
    assert.equal(said.success, true);
    const contents = ({ history }) => history.data?.map(({ content }) => content);
    for (const seconds of [0, 8]) {
      await page.goto("about:blank");
      await pause(seconds * 1_000);
      const again = await loads();
      assert.equal(again.history.success, true, `after ${seconds} s: ${again.history.message}`);
      assert.ok(contents(again).includes("안녕하세요"), `after ${seconds} s`);
      assert.equal(again.id, first.id, "they are who they were");
      if (seconds > 0) assert.equal(again.online, false, "their grace is over");
    }
  } finally {
    await context.close();
  }
});
