#!/usr/bin/env node
// relink-test: runs a plugin in JavaScript or TypeScript against its recorded fixtures.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const USAGE = `Usage: relink-test [ENTRY] [--fixtures FOLDER]

Runs the plugin that ENTRY exports as its default ("main" of package.json without it) against the
fixtures of FOLDER, which holds plugin.toml and the folder fixtures (the current one without it).`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { fixtures: { type: "string" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(USAGE);
  } else {
    const run = fileURLToPath(new URL("../src/testing/run.js", import.meta.url));
    const given = JSON.stringify({ entry: positionals[0], fixtures: values.fixtures ?? "." });
    process.exitCode = spawnSync(process.execPath, ["--test-reporter=spec", run, given], { stdio: "inherit" }).status ?? 1;
  }
} catch (error) {
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
}
