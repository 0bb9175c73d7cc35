import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

// `npm run dev` serves the page from here and passes the rest to a hub.
const hub = process.env.COLAHUB_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
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
  test: { include: ["test/**/*.test.ts"], environment: "node" },
} as Parameters<typeof defineConfig>[0]);
