// The host's requests: signed, and one after the other, since the hub refuses a number that is below one before it.

import { Unreachable } from "../client/http";
import type { Reader } from "../wire";
import type { HostKey } from "./key";
import { authorization, type Numbers } from "./sign";
import { readTold, type Told } from "./wire";

/** Sends one request; rejects where the hub does not answer. */
export type Send = (method: string, path: string, header: string, body: string, patience: number) => Promise<unknown>;

/** Signs and sends a request; `again` with a number above all before. */
type Once<T> = (again: boolean) => Promise<Told<T>>;

interface Waiting {
  run(): Promise<void>;
  isAct: boolean;
}

/** Longer than any answer on a healthy LAN takes. */
const PATIENCE = 8_000;

export class Requests {
  private readonly waiting: Waiting[] = [];
  private isBusy = false;

  constructor(
    private readonly key: HostKey,
    private readonly numbers: Numbers,
    private readonly send: Send = fetched,
  ) {}

  get<T>(path: string, read: Reader<T>): Promise<Told<T>> {
    return this.queue("GET", path, "", read, false, PATIENCE);
  }

  /** An act. It goes before the looks that wait. */
  act<T>(method: "POST" | "DELETE", path: string, fields: object, read: Reader<T>, patience = PATIENCE): Promise<Told<T>> {
    return this.queue(method, path, JSON.stringify(fields), read, true, patience);
  }

  /** A file; `null` if the hub refuses. The next request goes once the first bytes are there, since it may be large. */
  async file(path: string): Promise<Blob | null> {
    const response = await new Promise<Response>((resolve, reject) => {
      const run = (): Promise<void> => this.open(path).then(resolve, reject);
      this.waiting.push({ run, isAct: false });
      void this.work();
    });
    return response.ok ? response.blob() : null;
  }

  private open(path: string): Promise<Response> {
    const whole = `/api/host/${path}&browser=${this.key.browser}`;
    const header = authorization(this.key, "GET", whole, this.numbers.next(), "");
    return fetch(whole, { headers: { authorization: header }, cache: "no-store", credentials: "omit" });
  }

  private queue<T>(
    method: string,
    path: string,
    body: string,
    read: Reader<T>,
    isAct: boolean,
    patience: number,
  ): Promise<Told<T>> {
    return new Promise((resolve, reject) => {
      const once: Once<T> = (again) => this.once(method, path, body, read, again, patience);
      const run = (): Promise<void> => this.ask(once).then(resolve, reject);
      const before = isAct ? this.waiting.findIndex((one) => !one.isAct) : -1;
      this.waiting.splice(before < 0 ? this.waiting.length : before, 0, { run, isAct });
      void this.work();
    });
  }

  private async work(): Promise<void> {
    if (this.isBusy) return;
    this.isBusy = true;
    for (let next = this.waiting.shift(); next; next = this.waiting.shift()) await next.run();
    this.isBusy = false;
  }

  private async ask<T>(once: Once<T>): Promise<Told<T>> {
    const told = await once(false);
    // Another tab was faster, or the clock was set back. Nothing was done, so it may be signed again.
    const isReplayed = !told.ok && told.code === "replayed";
    return isReplayed ? once(true) : told;
  }

  private async once<T>(
    method: string,
    path: string,
    body: string,
    read: Reader<T>,
    again: boolean,
    patience: number,
  ): Promise<Told<T>> {
    const whole = `/api/host/${path}${path.includes("?") ? "&" : "?"}browser=${this.key.browser}`;
    const header = authorization(this.key, method, whole, this.numbers.next(again), body);
    return readTold(await this.send(method, whole, header, body, patience), read);
  }
}

async function fetched(method: string, path: string, header: string, body: string, most: number): Promise<unknown> {
  const abort = new AbortController();
  const patience = setTimeout(() => abort.abort(), most);
  try {
    const headers = { authorization: header, ...(body && { "content-type": "application/json" }) };
    const response = await fetch(path, {
      method,
      headers,
      ...(body && { body }),
      cache: "no-store",
      credentials: "omit",
      // An act that is under way outlives the page.
      keepalive: method !== "GET",
      signal: abort.signal,
    });
    return await response.json();
  } catch {
    throw new Unreachable();
  } finally {
    clearTimeout(patience);
  }
}
