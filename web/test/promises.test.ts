// The browsers we promise (Chrome 80, Safari 13, Firefox 78). The build rewrites syntax for them;
// what is missing at run time it cannot, so it must not be used.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = new URL("../src", import.meta.url).pathname;
const files = (readdirSync(root, { recursive: true }) as string[]).filter((name) => /\.(tsx?|css)$/.test(name));
const source = (ending: RegExp): [string, string][] =>
  files
    .filter((name) => ending.test(name))
    .map((name) => [name, readFileSync(join(root, name), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/ .*/g, "")]);

const NOT_THERE = {
  script: [
    /\.at\(-?\d/,
    /\.replaceAll\(/,
    /\.findLast/,
    /structuredClone\(/,
    /Object\.hasOwn/,
    /randomUUID/,
    /\.toSorted\(/,
    /\(\?<[=!]/,
    /\.inert\b/,
    /Promise\.any/,
    /AbortSignal\.timeout/,
    /requestIdleCallback/,
  ],
  style: [
    /[^-]inset:/,
    /aspect-ratio/,
    /:is\(/,
    /:where\(/,
    /:has\(/,
    /\d[dsl]vh/,
    /color-mix/,
    /overflow: clip/,
    /(margin|padding)-(inline|block):/,
    /@layer/,
    /@container/,
    /text-wrap/,
    /oklch/,
    /(^|\s)gap:/m,
  ],
};

describe("the oldest phones", () => {
  it("have every function that is called", () => {
    for (const [name, text] of source(/\.tsx?$/))
      for (const missing of NOT_THERE.script) expect(text, name).not.toMatch(missing);
  });

  it("know every style that matters", () => {
    for (const [name, text] of source(/\.css$/))
      for (const missing of NOT_THERE.style) expect(text, name).not.toMatch(missing);
  });
});

describe("the security policy", () => {
  it("is kept: no markup from text, no inline style, nothing from elsewhere", () => {
    for (const [name, text] of source(/\.tsx?$/)) {
      expect(text, name).not.toMatch(
        /dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/,
      );
      expect(text, name).not.toMatch(/style=["{]/);
    }
    const html = readFileSync(new URL("../index.html", import.meta.url), "utf8");
    expect(html).not.toMatch(/<style|style=|<script(?![^>]*src=)|https?:\/\//);
  });
});
