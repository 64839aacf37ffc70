#!/usr/bin/env node
// relink-build: makes one .wasm file of a plugin in JavaScript or TypeScript.

import { parseArgs } from "node:util";

import { Mistake } from "../src/build/bundle.js";
import { build } from "../src/build/index.js";

const USAGE = `Usage: relink-build [ENTRY] [--out FILE]

Makes one .wasm file of the plugin that ENTRY exports as its default; without ENTRY, "main" of
package.json says which. The file is dist/<id>.wasm unless --out names another.`;

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { out: { type: "string", short: "o" }, help: { type: "boolean", short: "h" } },
  });
  if (values.help) {
    console.log(USAGE);
  } else {
    const { descriptor, file, bytes } = await build({ folder: process.cwd(), entry: positionals[0], out: values.out });
    console.log(`${file}: ${descriptor.id} ${descriptor.version}, ${(bytes / 2 ** 20).toFixed(1)} MiB`);
  }
} catch (error) {
  const isExpected = error instanceof Mistake || error.code?.startsWith("ERR_PARSE_ARGS");
  console.error(isExpected ? `error: ${error.message}` : error);
  process.exitCode = 1;
}
