// What the lobby's sheets say, in Korean. `words.forms.en.ts` has the same keys.

export const ko = {
  title: "방 제목",
  titleHint: "무슨 이야기를 할까요?",
  titleMissing: "방 제목을 적어 주세요.",
  channel: "채널",
  newChannel: "새 채널",
  channelHint: "채널 이름",
  channelBad: "채널 이름을 적어 주세요. 쉼표, ?, #, 대괄호는 쓸 수 없어요.",
  capacity: "인원",
  noLimit: "제한 없음",
  passwordHint: "비워 두면 누구나 들어와요",
  history: "나중에 들어온 사람은",
  historyAll: "처음부터 다 읽어요",
  historyJoined: "들어온 뒤부터 읽어요",
  createNow: "만들고 들어가기",
  creating: "만드는 중…",
  codeHint: "예: K7PMX3",
  codeExplain: "방에 있는 사람에게 코드를 물어보세요. 방 링크를 붙여 넣어도 돼요.",
  codeUnknown: "그런 코드의 방이 없어요. 다시 확인해 주세요.",
  codeMissing: "방 코드를 적어 주세요.",
};

export type FormWords = typeof ko;
