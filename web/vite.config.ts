import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

// `npm run dev` serves the page from here and passes the rest to a hub.
const hub = process.env.COLAHUB_URL ?? "http://127.0.0.1:8080";

/**
 * Names the chunks that come later in the page, as `<link rel="later" data-part="room" href="…">`, so that it can
 * fetch them before it imports them (`src/parts.ts`). What a chunk brings along is named with it, but for what is there
 * already: the main bundle, and the chunk that alone asks for it.
 */
const parts: Plugin = {
  name: "parts",
  transformIndexHtml: {
    order: "post",
    handler(_html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const entries = new Set(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
      const byName = new Map(chunks.map((chunk) => [chunk.fileName, chunk]));
      /** A chunk and all that it imports at once. */
      const whole = (name: string): string[] => [name, ...(byName.get(name)?.imports ?? []).flatMap(whole)];
      return chunks
        .filter((chunk) => chunk.isDynamicEntry)
        .flatMap(({ name, fileName }) => {
          const asking = chunks.filter((chunk) => chunk.dynamicImports.includes(fileName)).map((chunk) => chunk.fileName);
          const there = new Set([...entries, ...(asking.length === 1 ? asking : [])].flatMap(whole));
          const files = new Set(whole(fileName).filter((one) => !there.has(one)));
          for (const one of files) {
            const css = byName.get(one)?.viteMetadata?.importedCss;
            if (css && css.size > 0) throw new Error(`${one} must come without a style sheet`);
          }
          return [...files].map((one) => ({
            tag: "link",
            attrs: { rel: "later", "data-part": name, href: `/${one}` },
            injectTo: "head" as const,
          }));
        });
    },
  },
};

const MOST = 9;

/**
 * The tab's icon with how much is new on it, `mark-HASH-3.svg` beside `mark-HASH.svg` (`src/badge.ts`): the hub's policy
 * allows files only, so none can be drawn in the page.
 */
const badges: Plugin = {
  name: "badges",
  generateBundle(_options, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type !== "asset" || !/mark-[\w-]+\.svg$/.test(file.fileName)) continue;
      for (let count = 1; count <= MOST + 1; count += 1) {
        const text = count > MOST ? `${MOST}+` : String(count);
        const badge =
          '<circle cx="17" cy="17" r="9" fill="#1f6a6e"/><text x="17" y="21.5" font-family="sans-serif" font-weight="700" ' +
          `font-size="${text.length > 1 ? 10 : 13}" text-anchor="middle" fill="#fff">${text}</text></svg>`;
        const fileName = file.fileName.replace(".svg", `-${count}.svg`);
        this.emitFile({ type: "asset", fileName, source: String(file.source).trim().replace("</svg>", badge) });
      }
    }
  },
};

export default defineConfig({
  plugins: [parts, badges],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  resolve: {
    alias: [
      {
        find: /^\.\/webtransport\.js$/,
        replacement: fileURLToPath(new URL("./src/client/webtransport-absent.ts", import.meta.url)),
      },
      {
        find: /^\.\/(?:is-)?binary\.js$/,
        replacement: fileURLToPath(new URL("./src/client/binary-absent.ts", import.meta.url)),
      },
    ],
  },
  build: {
    // The oldest phones we promise. esbuild rewrites syntax for them; what is missing at
    // run time (Intl.Segmenter, dvh, :focus-visible, flex gap, <dialog>) has a fallback
    // where it is used, or is not used.
    target: ["chrome80", "safari13", "firefox78"],
    cssTarget: ["chrome80", "safari13", "firefox78"],
    // Nothing inlined: the hub's content security policy allows only its own files.
    assetsInlineLimit: 0,
    // Two percent less than esbuild's, which is what a room is over its weight.
    minify: "terser",
    terserOptions: { ecma: 2019, module: true, compress: { passes: 2 } },
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    sourcemap: false,
  },
  server: {
    proxy: {
      "/chat": hub,
      "/api": hub,
      "/socket.io": { target: hub, ws: true },
    },
  },
  // The time is only for a test that hangs: each wait in one has an end of its own.
  test: { include: ["test/**/*.test.ts"], environment: "node", testTimeout: 5 * 60_000 },
} as Parameters<typeof defineConfig>[0]);
