// A part of a page in a chunk of its own, which comes once what there is to see is drawn.
//
// A browser may give up a module for good once its fetch has failed (the HTML standard says so), so a
// part's file is fetched first, as often as it takes, and imported when it is in the browser's cache.
// Chunks have no style sheets, and what a chunk imports is fetched with it: `vite.config.ts` holds it.

import { signal } from "@preact/signals";

const PATIENCE = 10_000;
const PAUSE = 500;
const PAUSE_MOST = 30_000;
/** By then what there is to see is drawn. */
export const AHEAD = 300;

export class Part<T> {
  /** `null` until it is here. */
  readonly loaded = signal<T | null>(null);
  /** Whether it could not be fetched so far; it is tried again. */
  readonly isLate = signal(false);
  private coming = false;
  private hurry = (): void => undefined;

  constructor(
    private readonly name: string,
    private readonly load: () => Promise<T>,
  ) {}

  /** Fetches it, and tries again until it is here. Asked once more, it tries again now. */
  async fetch(): Promise<void> {
    if (this.coming) return this.hurry();
    this.coming = true;
    for (let pause = PAUSE; this.loaded.value === null; pause = Math.min(2 * pause, PAUSE_MOST)) {
      try {
        await fetchFiles(this.name);
        this.loaded.value = await this.load();
      } catch {
        this.isLate.value = true;
        await this.rest(pause);
      }
    }
    this.isLate.value = false;
  }

  private rest(pause: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.hurry(), pause);
      this.hurry = () => {
        clearTimeout(timer);
        removeEventListener("online", this.hurry);
        resolve();
      };
      addEventListener("online", this.hurry);
    });
  }
}

/** A part's files into the browser's cache, whole. While the page is worked on there are no such files. */
async function fetchFiles(name: string): Promise<void> {
  const links = document.querySelectorAll<HTMLLinkElement>(`link[data-part="${name}"]`);
  await Promise.all(Array.from(links, ({ href }) => fetchFile(href)));
}

async function fetchFile(href: string): Promise<void> {
  const abort = new AbortController();
  const patience = setTimeout(() => abort.abort(), PATIENCE);
  try {
    const response = await fetch(href, { signal: abort.signal });
    if (!response.ok) throw new Error(`${href}: ${response.status}`);
    await response.arrayBuffer();
  } finally {
    clearTimeout(patience);
  }
}
