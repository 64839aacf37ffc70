// The types, checked as strictly as TypeScript can, with the example and the template.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const TSC = fileURLToPath(new URL("../node_modules/.bin/tsc", import.meta.url));

for (const project of ["test/types", "examples/ahrefs", "template/ts"]) {
  test(`the types of ${project} fit`, () => {
    const folder = fileURLToPath(new URL(`../${project}`, import.meta.url));
    const { status, stdout } = spawnSync(TSC, ["--noEmit", "--project", folder], { encoding: "utf8" });
    assert.equal(status, 0, `\n${stdout}`);
  });
}
