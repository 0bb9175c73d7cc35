// A short sound and a short vibration for what is new, each where it was switched on. The sound is made here: a page on
// a hub has no other place to load one from that is not there already.

import { newsAfter, readChoice, wants, type Choice } from "../store/attention";
import type { RoomState } from "../store/room";
import type { Memory } from "./storage";

export type Kind = "sound" | "vibration";

/** What the signals need of the browser. */
export interface Device {
  /** Makes sounds possible, as browsers allow only behind a tap or a key; again whenever it may have ended. */
  wake(): void;
  play(bubbles: number): void;
  vibrate(pattern: number[]): void;
}

/** In a busy room one signal stands for all that comes within this time; one's own name is always told. */
const PAUSE = 2_000;

const nameOf = (kind: Kind): string => `cola.${kind}`;

export class Signals {
  /** Up to where each room was told. */
  private readonly told = new Map<string, number>();
  private last = -Infinity;

  constructor(
    private readonly memory: Memory,
    private readonly device: Device,
    private readonly now: () => number,
  ) {}

  choice(kind: Kind): Choice {
    return readChoice(this.memory.get(nameOf(kind)));
  }

  /** Switches one on or off, and lets it be heard or felt once: that tap is what browsers ask for. */
  choose(kind: Kind, choice: Choice): void {
    if (choice === "off") return this.memory.remove(nameOf(kind));
    this.memory.set(nameOf(kind), choice);
    this.give(kind, choice === "all" ? "message" : "mention");
  }

  /** A tap or a key, anywhere: from now on sounds may be made. */
  touched(): void {
    if (this.choice("sound") !== "off") this.device.wake();
  }

  /** What a room has now. What it had when it was opened is no news. */
  hear(state: RoomState): void {
    const { room, log } = state;
    if (!room || log.upTo === null) return;
    const before = this.told.get(room.id) ?? Infinity;
    this.told.set(room.id, log.upTo);
    const news = log.upTo > before ? newsAfter(state, before) : null;
    if (news === null) return;
    const now = this.now();
    // A clock that was set back is no reason to be silent.
    if (news === "message" && Math.abs(now - this.last) < PAUSE) return;
    const kinds = (["sound", "vibration"] as const).filter((kind) => wants(this.choice(kind), news));
    if (kinds.length > 0) this.last = now;
    for (const kind of kinds) this.give(kind, news);
  }

  /** A room that is left; what comes meanwhile is no news when one comes back. */
  leave(roomId: string): void {
    this.told.delete(roomId);
  }

  private give(kind: Kind, news: "mention" | "message"): void {
    if (kind === "vibration") return this.device.vibrate(news === "mention" ? [60, 90, 60] : [60]);
    this.device.wake();
    this.device.play(news === "mention" ? 2 : 1);
  }
}

type AudioWindow = { AudioContext?: typeof AudioContext; webkitAudioContext?: typeof AudioContext };

/** This browser. */
export function browserDevice(): Device {
  let context: AudioContext | null = null;
  return {
    wake() {
      const { AudioContext: Audio, webkitAudioContext: OldAudio } = window as AudioWindow;
      const Made = Audio ?? OldAudio;
      if (!Made) return;
      context ??= new Made();
      if (context.state !== "running") void context.resume().catch(() => undefined);
    },
    play(bubbles) {
      const audio = context;
      if (!audio) return;
      const ring = (): void => {
        for (let at = 0; at < bubbles; at += 1) bubble(audio, audio.currentTime + at * 0.16);
      };
      if (audio.state === "running") return ring();
      // Right behind a tap it runs in a moment. Without one it may never, and a sound that comes late is worse than none.
      const asked = Date.now();
      audio.resume().then(
        () => void (Date.now() - asked < 1_000 && ring()),
        () => undefined,
      );
    },
    vibrate: (pattern) => void navigator.vibrate?.(pattern),
  };
}

/** One bubble that rises. */
function bubble(audio: AudioContext, at: number): void {
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.setValueAtTime(520, at);
  tone.frequency.exponentialRampToValueAtTime(1040, at + 0.09);
  volume.gain.setValueAtTime(0.0001, at);
  volume.gain.exponentialRampToValueAtTime(0.2, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, at + 0.13);
  tone.connect(volume);
  volume.connect(audio.destination);
  tone.start(at);
  tone.stop(at + 0.14);
}
