// The test kit: runs a plugin natively against recorded exchanges, in the format of plugins/README.md.

import type { Plugin } from "./index.js";

/** Makes the tests of a plugin (of `node:test`) out of the folder with its plugin.toml and its fixtures. */
export function testFixtures(plugin: Plugin, folder: string | URL): void;

// Only what is marked is exported.
export {};
