// Links in a message. Only http and https, and a link ends where people would say that it ends. The addresses of hubs
// and what else is on a local network, `cola-2.local` and `192.168.4.1/map`, are links without a scheme, too.
//
// In Korean a particle follows a link without a space, so the host is read by its own grammar first:
// `https://example.com입니다` is a link to example.com and a word, `https://한국.kr` is a link.

/** One stretch of a message: plain, or a link. */
export interface Piece {
  text: string;
  href: string | null;
}

const START = /https?:\/\/|(?:[a-z\d-]{1,63}\.){1,4}local|\d{1,3}(?:\.\d{1,3}){3}/gi;
const RUN = /[^\s<>"'`“”‘’«»\u2066-\u2069\u202a-\u202e]+/y;
const SCHEME = /^https?:\/\//i;
const IPV6 = /^\[[0-9a-f:.]+\]/i;
const IPV4 = /^\d{1,3}(?:\.\d{1,3}){3}(?!\d)/;
const HOST = /^[\p{L}\p{N}\p{M}_.-]+/u;
const PORT = /^:\d{1,5}(?!\d)/;
/** ASCII, then a letter of another script than Latin. */
const CHANGE = /^([\x21-\x7e]+)(?!\p{Script=Latin})\p{L}/u;
/** The top-level domains in Hangul; all of them. */
const HANGUL_TOP = /^(?:한국|닷컴|닷넷|삼성)/;
const HANGUL = /\p{Script=Hangul}/u;
/** What goes on before or behind an address without a scheme, which then is part of something else. */
const GOES_BEFORE = /[\p{L}\p{N}\p{M}@._/\\-]/u;
const GOES_ON = /^(?:[\p{Script=Latin}\p{N}_@-]|\.[\p{L}\p{N}])/u;
/** What Korean puts behind a word without a space. `/wiki/한국` and `/wiki/BTS의_노래` are paths all the same. */
const PARTICLE =
  /(?:에서|에게|에|으로|로|을|를|은|는|이|가|와|과|도|만|의|까지|부터|보다|처럼|마다|이?나|이?랑|하고|한테|이?라고|이?라는|이?고|이?며|이?면|인데)(?:은|는|도|만|요|서)?$|(?:입니다|이?에요|예요|이?야|이요|인가요|인지|이?죠)$/;
/** A room's code has only these characters; what follows it is not part of it. */
const ROOM = /^\/r\/[a-z0-9]+(?=[^\x00-\x7f])/i;

const BRACKETS = new Map(["()", "[]", "{}", "《》", "〈〉", "「」", "『』", "【】", "（）"].map(([a, b]) => [b!, a!]));
const OPENING = new Set(BRACKETS.values());
// Punctuation that ends a sentence rather than a link.
const SENTENCE_END = /[.,!?;:…。、，！？～~]/;

/** Splits a message at its links. Everything else is only ever text. */
export function pieces(content: string): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  START.lastIndex = 0;
  for (let match = START.exec(content); match; match = START.exec(content)) {
    const start = match.index;
    RUN.lastIndex = start;
    const run = RUN.exec(content)![0];
    const isBare = !SCHEME.test(match[0]);
    const text = !isBare ? readLink(run) : GOES_BEFORE.test(content.charAt(start - 1)) ? null : readBare(match[0], run);
    const href = text === null ? null : safeHref(isBare ? `http://${text}` : text);
    if (text === null || href === null) continue;
    if (start > at) found.push({ text: content.slice(at, start), href: null });
    found.push({ text, href });
    at = start + text.length;
    START.lastIndex = at;
  }
  if (at < content.length) found.push({ text: content.slice(at), href: null });
  return found;
}

/** As much of `text` as is a link; `null` if it has no host. */
function readLink(text: string): string | null {
  const scheme = SCHEME.exec(text)![0];
  const rest = text.slice(scheme.length);
  const host = IPV6.exec(rest)?.[0] ?? readHost(rest);
  if (host === null) return null;
  return scheme + host + readEnd(rest.slice(host.length));
}

/** The same of an address without a scheme, whose host is known. */
function readBare(host: string, text: string): string | null {
  const rest = text.slice(host.length);
  return GOES_ON.test(rest) ? null : host + readEnd(rest);
}

/** The port and the path behind a host. */
function readEnd(text: string): string {
  const port = PORT.exec(text)?.[0] ?? "";
  const path = text.slice(port.length);
  return port + (/^[/?#]/.test(path) ? withoutParticle(readPath(path)) : "");
}

function withoutParticle(path: string): string {
  const [, ascii, word] = /^([\x21-\x7e]*[a-z\d]|\/)(\p{Script=Hangul}+)$/iu.exec(path) ?? [];
  return ascii !== undefined && PARTICLE.exec(word!)?.index === 0 ? ascii : path;
}

function readHost(text: string): string | null {
  const all = IPV4.exec(text)?.[0] ?? HOST.exec(text)?.[0] ?? "";
  const labels = all.replace(/[.-]+$/, "").split(".");
  const read: string[] = [];
  for (const [at, label] of labels.entries()) {
    const ascii = CHANGE.exec(label)?.[1];
    // `com입니다`: a top-level domain, and a word. `e마트.com` and `www.lg전자.com` are names.
    const isName = at < labels.length - 1 && (at === 0 || read[at - 1]!.toLowerCase() === "www" || !isTop(ascii ?? ""));
    read.push(ascii === undefined || isName ? label : ascii);
    if (read[at] !== label) break;
  }
  const last = read.length - 1;
  if (HANGUL.test(read[last]!)) {
    const top = HANGUL_TOP.exec(read[last]!)?.[0];
    if (top === undefined || last === 0) return null;
    read[last] = top;
  }
  const host = read.join(".");
  return host === "" ? null : host;
}

const isTop = (label: string): boolean => /^[a-z]{2,}$/i.test(label);

/** The path up to a bracket that was not opened in it, without what ends the sentence. */
function readPath(path: string): string {
  const room = ROOM.exec(path)?.[0];
  if (room !== undefined) return room;
  const open: { bracket: string; at: number }[] = [];
  const top = () => open[open.length - 1];
  let end = path.length;
  for (let at = 0; at < path.length; at += 1) {
    const char = path[at]!;
    if (OPENING.has(char)) open.push({ bracket: char, at });
    const opener = BRACKETS.get(char);
    if (opener === undefined) continue;
    if (top()?.bracket !== opener) {
      end = at;
      break;
    }
    open.pop();
  }
  for (; end > 0; end -= 1) {
    if (top()?.at === end - 1) open.pop();
    else if (!SENTENCE_END.test(path[end - 1]!)) break;
  }
  return path.slice(0, end);
}

function safeHref(text: string): string | null {
  try {
    const url = new URL(text);
    return (url.protocol === "http:" || url.protocol === "https:") && url.hostname ? url.href : null;
  } catch {
    return null;
  }
}
