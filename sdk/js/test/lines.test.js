// An error in the sandbox names lines of the bundle; the log names those of the author.

import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import { bundle } from "../src/build/bundle.js";
import { withLines } from "../src/build/lines.js";
import { traced } from "../src/log.js";

const SUMS = "// Sums.\n\nexport function sum(all: number[]): number {\n  throw new Error(`no sum of ${all.length}`);\n}\n";
const PLUGIN = 'import { sum } from "./sums.js";\n\n// A comment that the bundle leaves out.\nexport const total = () =>\n  sum([1, 2]);\n';

after(() => delete globalThis.relinkLines);

test("a place in the bundle is told as the place in the author's file", async () => {
  const folder = await mkdtemp(join(tmpdir(), "relink-"));
  try {
    await writeFile(join(folder, "sums.ts"), SUMS);
    await writeFile(join(folder, "plugin.ts"), PLUGIN);
    const text = withLines(await bundle({ folder, source: 'export { total } from "./plugin.js";', sourcemap: "inline" }));
    assert.doesNotMatch(text, /sourceMappingURL/);
    const lineOf = (part) => text.split("\n").findIndex((line) => line.includes(part)) + 1;
    const stack = `sum@plugin.js:${lineOf("no sum of")}:9\ntotal@plugin.js:${lineOf("[1, 2]")}:20\nrun@src/other/plugin.js:1:1`;

    const { relinkLines } = await evaluated(text);
    assert.deepEqual(relinkLines.at(0).length, 4);
    assert.equal(traced({ stack, toString: () => "" }), "sum@sums.ts:4\ntotal@plugin.ts:5\nrun@src/other/plugin.js:1:1");
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** The bundle sets the table when it is run, as it is when a component is made. */
async function evaluated(text) {
  await import(`data:text/javascript,${encodeURIComponent(text)}`);
  return globalThis;
}
