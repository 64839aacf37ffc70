// The cases of sdk/conformance: what every SDK must do alike.

import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

import { BLOCKS } from "./conformance/blocks.js";
import { cases } from "./conformance/cases.js";

test("every file of cases has a runner", () => {
  const files = readdirSync(new URL("../../conformance", import.meta.url)).filter((file) => file.endsWith(".json"));
  assert.deepEqual(files.sort(), Object.keys(BLOCKS).map((block) => `${block}.json`).sort());
});

for (const [block, run] of Object.entries(BLOCKS)) {
  for (const one of cases(block)) {
    test(`${block}: ${one.about}`, () => assert.deepEqual(run(one), []));
  }
}
