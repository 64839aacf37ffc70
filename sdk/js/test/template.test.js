// The templates work as they are, and are the plugin that the template in Rust is.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const TEST = fileURLToPath(new URL("../bin/relink-test.js", import.meta.url));
/** Of a project, npm may put this below the SDK when another package comes; componentize-js does not find it there. */
const SHARED = ["@bytecodealliance/preview2-shim"];
const RUST = fileURLToPath(new URL("../../../plugins/_template", import.meta.url));

for (const language of ["js", "ts"]) {
  const folder = fileURLToPath(new URL(`../template/${language}`, import.meta.url));

  test(`the template in ${language} passes its tests`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [TEST], { cwd: folder, encoding: "utf8" });
    assert.equal(status, 0, stdout + stderr);
  });

  test(`the template in ${language} has the fixtures of the one in Rust`, () => {
    for (const file of [...readdirSync(join(RUST, "fixtures")).map((name) => join("fixtures", name)), "plugin.toml"]) {
      assert.equal(readFileSync(join(folder, file), "utf8"), readFileSync(join(RUST, file), "utf8"), file);
    }
  });
}

test("both templates are the same plugin", () => {
  const [js, ts] = ["js", "ts"].map((language) => readFileSync(new URL(`../template/${language}/src/plugin.${language}`, import.meta.url), "utf8"));
  assert.equal(js, ts);
});

test("the templates put what componentize-js imports without naming it where npm cannot move it away", () => {
  const { dependencies } = read("../package.json");
  for (const language of ["js", "ts"]) {
    const { devDependencies } = read(`../template/${language}/package.json`);
    for (const name of SHARED) assert.equal(devDependencies[name], dependencies[name], language);
  }
});

function read(path) {
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8"));
}
