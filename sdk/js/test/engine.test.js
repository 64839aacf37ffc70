// The cases of sdk/conformance once more, in the engine that runs plugins: it has other regular
// expressions, dates and decoders than Node.

import assert from "node:assert/strict";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { componentize } from "@bytecodealliance/componentize-js";
import { stringify } from "@relink/sdk";

import { bundle } from "../src/build/bundle.js";
import { DISABLED } from "../src/build/componentize.js";
import { BLOCKS } from "./conformance/blocks.js";
import { cases } from "./conformance/cases.js";
import { instantiable } from "./support/sandbox.js";

const WORLD = `
  package relink:conformance;
  world runner { export differences: func(block: string, one: string) -> list<string>; }
`;
const SOURCE = `
  import { parse } from "@relink/sdk";
  import { BLOCKS } from "./test/conformance/blocks.js";
  export function differences(block, one) {
    try { return BLOCKS[block](parse(one)); } catch (error) { return [error.message + error.stack]; }
  }
`;

let runner;

before(async () => {
  const folder = fileURLToPath(new URL("..", import.meta.url));
  const { component } = await componentize(await bundle({ folder, source: SOURCE }), { witWorld: WORLD, disableFeatures: DISABLED });
  const fresh = await instantiable(component, {});
  runner = fresh();
});

for (const block of Object.keys(BLOCKS)) {
  test(`in the engine of the sandbox, ${block} are as they should be`, () => {
    const wrong = cases(block).flatMap((one) => runner.differences(block, stringify(one)).map((line) => `${one.about}: ${line}`));
    assert.deepEqual(wrong, []);
  });
}
