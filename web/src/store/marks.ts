// A person's mark: an emoji on a colour, both from the chatter id.
//
// Two people may choose one nickname; they cannot choose an id. The tables are part of what a mark
// *is*: changing their order or length gives everybody a new face, on this phone and not on the next.

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

export function mark(chatterId: string): Mark {
  const hash = fnv1a(chatterId);
  return { emoji: EMOJI[hash % EMOJI.length]!, tint: Math.floor(hash / EMOJI.length) % TINTS };
}

function fnv1a(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  }
  // A last stir: FNV's low bits alone depend too little on the first characters.
  hash ^= hash >>> 15;
  return Math.imul(hash, 0x2c1b3c6d) >>> 0;
}
