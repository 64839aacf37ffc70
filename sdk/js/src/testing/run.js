// What relink-test runs in a process of its own, so that the reporter can be chosen.

import { resolve } from "node:path";

import { entryOf, Mistake } from "../build/bundle.js";
import { loadPlugin } from "../build/plugin.js";
import { testFixtures } from "./index.js";

const { entry, fixtures } = JSON.parse(process.argv[2]);
try {
  const folder = process.cwd();
  testFixtures(await loadPlugin(folder, entryOf(folder, entry)), resolve(folder, fixtures));
} catch (error) {
  console.error(error instanceof Mistake ? `error: ${error.message}` : error);
  process.exitCode = 1;
}
