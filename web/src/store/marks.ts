// A person's mark: an emoji on a colour. The emoji is the animal in a name that the hub gave, else it comes from the
// chatter id, as the colour does.
//
// People who look alike in a room get different colours. The tables are part of what a mark *is*: changing their order
// or length gives everybody a new face, on this phone and not on the next.

import type { Chatter, Id } from "../wire";
import { animalIn } from "./animals";

/** All in Emoji 5 or older, so that a phone from 2018 draws them. No faces of people, no flags. */
const EMOJI = [
  ..."🦊🐧🐸🐻🐼🐨🐯🦁🐮🐷🐵🐔🐤🦆🦅🦉",
  ..."🦇🐺🐗🐴🦄🐝🐛🦋🐌🐞🐢🐍🦎🐙🦑🦐",
  ..."🦀🐡🐠🐬🐳🦈🐊🐘🦏🐪🦒🐑🐹🦔🌵🍄",
] as const;

/** How many `.tint-N` classes `styles/tints.css` has. */
export const TINTS = 12;

export interface Mark {
  emoji: string;
  tint: number;
}

/** The chatter as whom the host speaks, and their mark, which is nobody else's: it is none of the faces. */
export const HOST: Id = "c01a0000-0000-8000-8000-000000000001";
const HOST_MARK: Mark = { emoji: "📣", tint: 0 };

/** The mark of somebody of whom nothing else is known. */
export function mark({ id, nickname }: Pick<Chatter, "id" | "nickname">): Mark {
  if (id === HOST) return HOST_MARK;
  const hash = fnv1a(id);
  const emoji = animalIn(nickname) ?? EMOJI[hash % EMOJI.length]!;
  return { emoji, tint: Math.floor(hash / EMOJI.length) % TINTS };
}

/**
 * The marks of those who are in a room, all different while there are enough. Somebody keeps the mark that they had
 * `before`; else those who came first have the first choice, so that all phones choose the same.
 */
export function marks(present: readonly Chatter[], before: ReadonlyMap<Id, Mark>): ReadonlyMap<Id, Mark> {
  const all = new Map(before);
  const taken = new Set<string>();
  const take = (id: Id, one: Mark): void => {
    all.set(id, one);
    taken.add(one.emoji + one.tint);
  };
  const isFree = (one: Mark): boolean => !taken.has(one.emoji + one.tint);
  const late: Chatter[] = [];
  for (const chatter of [...present].sort(byComing)) {
    const had = before.get(chatter.id);
    if (had?.emoji === mark(chatter).emoji && isFree(had)) take(chatter.id, had);
    else late.push(chatter);
  }
  for (const chatter of late) {
    const own = mark(chatter);
    take(chatter.id, isFree(own) ? own : (alternatives(own).find(isFree) ?? own));
  }
  return all;
}

/** The same face in other colours, then other faces. */
const alternatives = ({ emoji, tint }: Mark): Mark[] =>
  [emoji, ...EMOJI].flatMap((face) => Array.from({ length: TINTS }, (_, by) => ({ emoji: face, tint: (tint + by) % TINTS })));

const byComing = (a: Chatter, b: Chatter): number =>
  a.createdAt === b.createdAt ? (a.id < b.id ? -1 : 1) : a.createdAt < b.createdAt ? -1 : 1;

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  // A last stir: FNV's low bits alone depend too little on the first characters.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
