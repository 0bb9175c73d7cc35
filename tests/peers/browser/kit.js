// A real browser, a page of another origin, and a hub that allows it.

import { after, before } from 'node:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { Hub } from '../js/kit.js';

// React mounts twice under StrictMode in its development build only. Vite and React read this when they load.
process.env.NODE_ENV = 'development';
const { build, preview } = await import('vite');
const { default: react } = await import('@vitejs/plugin-react');

const CHROMIUM = process.env.CHROMIUM_BIN ?? '/usr/bin/chromium';
/** The flags that headless Chromium needs as root, and those that keep it from calling home. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Page and hub are one site on two ports, as they are on a board: its cookie is a first-party one. */
const HOST = '127.0.0.1';

/** Builds the app, serves it, starts a hub that allows its origin, and a browser; all gone after the last story. */
export function withBrowser() {
  const the = {};
  before(async () => {
    the.built = await mkdtemp(join(tmpdir(), 'colahub-page-'));
    const config = {
      root: fileURLToPath(new URL('./app', import.meta.url)),
      configFile: false,
      mode: 'development',
      logLevel: 'warn',
      plugins: [react()],
      build: { outDir: the.built, emptyOutDir: true, minify: false },
      preview: { host: HOST, port: 0 },
    };
    await build(config);
    the.server = await preview(config);
    the.origin = `http://${HOST}:${the.server.httpServer.address().port}`;
    the.hub = await Hub.start({ COLAHUB_CORS_ORIGINS: the.origin });
    the.chromium = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  after(async () => {
    await the.chromium?.close();
    await the.hub?.stop();
    the.server?.httpServer.closeAllConnections();
    the.server?.httpServer.close();
    await rm(the.built, { recursive: true, force: true });
  });
  the.visitor = () => Visitor.arrives(the);
  return the;
}

/** Somebody with a browser of their own: their own cookies, their own storage. */
export class Visitor {
  static async arrives(the) {
    return Visitor.#in(the, await the.chromium.newContext());
  }

  /** The same browser, one more tab. */
  opensTab() {
    return Visitor.#in(this.the, this.context);
  }

  static async #in(the, context) {
    const visitor = new Visitor();
    visitor.the = the;
    visitor.context = context;
    visitor.page = await context.newPage();
    // Nothing tells how far a page is, so this is only for one that hangs.
    visitor.page.setDefaultTimeout(3 * 60_000);
    visitor.page.on('pageerror', (error) => visitor.errors.push(error.message));
    return visitor;
  }

  /** The page's errors. */
  errors = [];

  /** Opens the room's page without waiting for what comes of it. */
  async opens(room, parameters = {}) {
    const query = new URLSearchParams({ hub: this.the.hub.url, room: room.id, ...parameters });
    await this.page.goto(`${this.the.origin}/?${query}`);
  }

  /** Opens the room's page and is in it. */
  async enters(room, parameters) {
    await this.opens(room, parameters);
    await this.isIn();
    return this;
  }

  /** Waits until the page has joined, and learns who it is. */
  async isIn() {
    this.id = await this.page.locator('main[data-connected=true][data-me]').getAttribute('data-me');
  }

  async says(content) {
    await this.page.fill('#say input', content);
    await this.page.press('#say input', 'Enter');
  }

  /** Waits until this stands in the page, as one's own or as somebody else's. */
  async sees(content, whose = 'theirs') {
    await this.page
      .locator('#messages li', { hasText: content })
      .and(this.page.locator(`.${whose}`))
      .waitFor();
  }

  async seesOwn(content) {
    await this.sees(content, 'mine');
  }

  async renames(nickname) {
    await this.page.fill('#rename input', nickname);
    await this.page.press('#rename input', 'Enter');
  }

  /** Waits until the page lists exactly so many people, and gives their ids. */
  async seesPeople(count) {
    await this.page.waitForFunction((wanted) => document.querySelectorAll('#chatters li').length === wanted, count);
    return this.page.locator('#chatters li').evaluateAll((all) => all.map((one) => one.dataset.id));
  }

  texts() {
    return this.page.locator('#messages li').allTextContents();
  }

  /** Unmounts the chat; the page stays. */
  async leaves() {
    await this.page.click('#door');
  }

  async returns() {
    await this.page.click('#door');
    await this.isIn();
  }

  async refreshes() {
    await this.page.reload();
    await this.isIn();
  }

  async goes() {
    await this.context.close();
  }
}
