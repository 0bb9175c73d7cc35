// The event as a file: what is there, and what a file would change or has changed.

import { isObject, type Reader } from "../wire";
import { requests } from "./app";
import type { Mode, Told } from "./wire";

/** A step, and why it failed, if it has. */
export type EventStep = { error?: string } & (
  | { change: "title" | "language"; to: string | null }
  | { change: "room-create"; channel: string; title: string }
  | { change: "room-edit"; channel: string; title: string; renamed?: string; changed: string[] }
  | { change: "room-mode"; channel: string; title: string; mode: Mode; every?: number; hereFor?: number }
  | { change: "announce"; text: string; room: string | null }
  | { change: "poll-prepare"; question: string; room: string | null }
  | { change: "poll-edit"; question: string; room: string | null; changed: string[] }
);

export interface EventApplied {
  steps: EventStep[];
  /** Rooms of the host that are not in the file. */
  leftRooms: { code: string; channel: string; title: string }[];
  /** How many announcements are not in the file. */
  leftAnnouncements: number;
  /** How many prepared polls are not in the file. */
  leftPolls: number;
}

/** A small board needs a second or two for each password. */
const PATIENCE = 120_000;

const readApplied: Reader<EventApplied> = (value) =>
  isObject(value) && Array.isArray(value.steps) && Array.isArray(value.leftRooms) ? (value as unknown as EventApplied) : null;

const readFile: Reader<string> = (value) => (isObject(value) && typeof value.file === "string" ? value.file : null);

/** What is there, as a file. */
export const eventFile = (): Promise<Told<string>> => requests.get("event", readFile);

/** Applies a file, or only finds out what that would change. */
export const applyEvent = (file: string, dryRun: boolean): Promise<Told<EventApplied>> =>
  requests.act("POST", "event", { file, dryRun }, readApplied, PATIENCE);
