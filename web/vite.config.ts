import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

// `npm run dev` serves the page from here and passes the rest to a hub.
const hub = process.env.COLAHUB_URL ?? "http://127.0.0.1:8080";

/**
 * Names the chunks that come later in the page, as `<link rel="later" data-part="room" href="…">`, so that it can
 * fetch them before it imports them (`src/parts.ts`). One that brings anything along would not be whole then.
 */
const parts: Plugin = {
  name: "parts",
  transformIndexHtml: {
    order: "post",
    handler(_html, { bundle = {} }) {
      const chunks = Object.values(bundle).filter((file) => file.type === "chunk");
      const entries = new Set(chunks.filter((chunk) => chunk.isEntry).map((chunk) => chunk.fileName));
      const later = chunks.filter((chunk) => chunk.isDynamicEntry);
      for (const { fileName, imports, viteMetadata } of later) {
        const more = [...imports.filter((name) => !entries.has(name)), ...(viteMetadata?.importedCss ?? [])];
        if (more.length > 0) throw new Error(`${fileName} must come whole, but needs ${more.join(", ")}`);
      }
      return later.map(({ name, fileName }) => ({
        tag: "link",
        attrs: { rel: "later", "data-part": name, href: `/${fileName}` },
        injectTo: "head" as const,
      }));
    },
  },
};

export default defineConfig({
  plugins: [parts],
  esbuild: { jsx: "automatic", jsxImportSource: "preact", legalComments: "none" },
  resolve: {
    alias: [
      {
        find: /^\.\/webtransport\.js$/,
        replacement: fileURLToPath(new URL("./src/client/webtransport-absent.ts", import.meta.url)),
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
