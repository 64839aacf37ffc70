// The Ahrefs example as a component: it answers every fixture of the Rust plugin as it does natively.

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "../src/build/index.js";
import { readFixtures } from "../src/testing/fixture.js";
import { checkFixture } from "../src/testing/index.js";
import { sandboxed } from "./support/sandbox.js";

const EXAMPLE = fileURLToPath(new URL("../examples/ahrefs", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../../../plugins/ahrefs/fixtures", import.meta.url));

let plugin;

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "relink-"));
  const out = join(folder, "ahrefs.wasm");
  await build({ folder: EXAMPLE, out });
  plugin = await sandboxed(await readFile(out));
  await rm(folder, { recursive: true });
});

for (const file of await readdir(FIXTURES)) {
  for (const fixture of readFixtures(await readFile(join(FIXTURES, file), "utf8"))) {
    test(`in the sandbox, ${file}: ${fixture.about}`, () => {
      assert.deepEqual(checkFixture(plugin, fixture), []);
    });
  }
}
