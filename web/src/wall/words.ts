// What a wall says. The event's language, unless the address says `?lang=`.

import type { Why } from "./wire";

export interface WallWords {
  locale: "ko" | "en";
  people(count: number): string;
  quiet: string;
  noQuestions: string;
  noPoll: string;
  answered: string;
  votes(count: number): string;
  voters(count: number): string;
  closed: string;
  wifi: string;
  wifiPassword: string;
  qrWifi(name: string): string;
  join: string;
  qrRoom(address: string): string;
  code: string;
  or: string;
  lost: string;
  looking: string;
  noCode: [string, string];
  why: Record<Why, [string, string]>;
}

export const ko: WallWords = {
  locale: "ko",
  people: (count) => `${count.toLocaleString("ko")}명`,
  quiet: "아직 조용해요. 코드를 찍고 첫 인사를 남겨 보세요.",
  noQuestions: "아직 질문이 없어요. 코드를 찍고 물어보세요.",
  noPoll: "지금은 투표가 없어요.",
  answered: "답했어요",
  votes: (count) => `${count.toLocaleString("ko")}표`,
  voters: (count) => `${count.toLocaleString("ko")}명이 투표했어요`,
  closed: "투표가 끝났어요",
  wifi: "Wi-Fi에 연결",
  wifiPassword: "비밀번호",
  qrWifi: (name) => `Wi-Fi ${name}에 연결하는 코드`,
  join: "찍고 들어오기",
  qrRoom: (address) => `${address}를 여는 코드`,
  code: "방 코드",
  or: "또는",
  lost: "다시 연결하는 중",
  looking: "허브를 찾는 중이에요…",
  noCode: ["방 코드가 없는 주소예요", "주최자 화면에서 방의 ‘화면에 띄우기’를 열면 주소가 나와요."],
  why: {
    wall_closed: [
      "주최자의 링크가 필요한 방이에요",
      "주최자 화면에서 방의 ‘화면에 띄우기’를 열고 링크를 만들어, 그 링크로 이 화면을 열어 주세요.",
    ],
    no_such_room: ["이 코드의 방이 없어요", "주소에 있는 방 코드를 다시 확인해 주세요. 방이 생기면 바로 보여요."],
    expired: ["끝난 방이에요", "주최자 화면에서 다른 방의 주소를 열어 주세요."],
    banned: ["이 기기에서는 볼 수 없어요", "주최자 화면에서 링크를 만들어, 그 링크로 이 화면을 열어 주세요."],
  },
};

export const en: WallWords = {
  locale: "en",
  people: (count) => (count === 1 ? "1 person" : `${count.toLocaleString("en")} people`),
  quiet: "It is still quiet. Scan the code and say hello first.",
  noQuestions: "No questions yet. Scan the code and ask one.",
  noPoll: "There is no poll right now.",
  answered: "Answered",
  votes: (count) => (count === 1 ? "1 vote" : `${count.toLocaleString("en")} votes`),
  voters: (count) => (count === 1 ? "1 person has voted" : `${count.toLocaleString("en")} people have voted`),
  closed: "The poll is over",
  wifi: "Join the Wi-Fi",
  wifiPassword: "Password",
  qrWifi: (name) => `Code that joins the Wi-Fi ${name}`,
  join: "Scan to join",
  qrRoom: (address) => `Code that opens ${address}`,
  code: "Room code",
  or: "or",
  lost: "Connecting again",
  looking: "Looking for the hub…",
  noCode: ["This address has no room code", "The host’s page shows the address: open a room there, and “Wall”."],
  why: {
    wall_closed: [
      "This room needs a link from the host",
      "On the host’s page, open the room and “Wall”, make a link, and open this screen with it.",
    ],
    no_such_room: ["There is no room with this code", "Check the room code in the address. Once the room is there, it shows."],
    expired: ["This room has ended", "Open the address of another room; the host’s page shows it."],
    banned: ["This device cannot see it", "On the host’s page, make a link for this wall, and open this screen with it."],
  },
};

/** The language that the address asks for, else the event's, else the browser's. */
export function wordsFor(search: string, event: "ko" | "en" | null, browser: string): WallWords {
  const asked = new URLSearchParams(search).get("lang");
  const wanted = asked === "ko" || asked === "en" ? asked : (event ?? browser);
  return wanted.startsWith("ko") ? ko : en;
}
