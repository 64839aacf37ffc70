// The test kit: runs a plugin natively against recorded exchanges. A plugin has a folder `fixtures` of
// JSON files, in the same format for every language; `plugins/README.md` says how they are written.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

import { missingFixtures } from "./coverage.js";
import { runExchange } from "./exchange.js";
import { wrongDiagnosis } from "./expected.js";
import { failureOf, readFixtures } from "./fixture.js";
import { limited } from "./limit.js";
import { runMessage } from "./message.js";
import { noise } from "./noise.js";
import { mistakes } from "./soundness.js";

/** Makes the tests of a plugin out of the folder that holds its `plugin.toml` and its `fixtures`. */
export function testFixtures(unlimited, folder) {
  const plugin = limited(unlimited);
  const directory = folder instanceof URL ? fileURLToPath(folder) : folder;
  const recorded = loadFixtures(directory);
  for (const { file, fixture } of recorded) {
    test(`${file}: ${fixture.about}`, () => holds(checkFixture(plugin, fixture)));
  }
  test("every rule and every operation has a fixture", () => {
    holds(missingFixtures(plugin, recorded.map(({ fixture }) => fixture)).map((what) => `no fixture for ${what}`));
  });
  test("the descriptor is sound and agrees with plugin.toml", () => {
    holds(mistakes(plugin.descriptor, readFileSync(join(directory, "plugin.toml"), "utf8")));
  });
  test("classify answers any bytes", () => holds(checkTotality(plugin)));
}

/** What differs from a fixture; nothing if it holds. */
export function checkFixture(plugin, fixture) {
  const { failure, operation, message, diagnosis } = fixture;
  if ([failure, operation, message].filter((given) => given !== undefined).length !== 1) {
    return ["a fixture has one of a failure, an operation and a message"];
  }
  if (operation !== undefined) return runExchange(plugin, fixture);
  if (message !== undefined) return runMessage(plugin, fixture);
  if (diagnosis === undefined) return ["a fixture with a failure needs a diagnosis"];
  return wrongDiagnosis(diagnosis, plugin.classify(failureOf(failure)));
}

/** Feeds `classify` with noise; it must answer, with a message, whatever comes. */
export function checkTotality(plugin) {
  for (const failure of noise()) {
    const { code, message } = plugin.classify(failure);
    if (code.endsWith(".classify-failed")) return [`classify broke at ${JSON.stringify(failure)}`];
    if (message === "") return [`there is no message for ${JSON.stringify(failure)}`];
  }
  return [];
}

/** All fixtures of a plugin with the names of their files, in the order of the names. */
function loadFixtures(directory) {
  const folder = join(directory, "fixtures");
  const files = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
  assert(files.length > 0, `${folder} holds no fixture`);
  return files.flatMap((file) => readFixtures(readFileSync(join(folder, file), "utf8")).map((fixture) => ({ file, fixture })));
}

function holds(wrong) {
  if (wrong.length > 0) assert.fail(`\n${wrong.map((line) => `    ${line}`).join("\n")}`);
}
