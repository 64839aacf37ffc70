// The author's plugin, loaded natively, so that a mistake in its definition is told with its line.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setSourceMapsEnabled } from "node:process";
import { pathToFileURL } from "node:url";

import { bundle, Mistake } from "./bundle.js";

/** Bundles and loads the plugin that is the default export of `entry`. */
export async function loadPlugin(folder, entry) {
  const source = `import * as module from ${JSON.stringify(entry)};\nexport default module.default;`;
  const plugin = await importText(await bundle({ folder, source, sourcemap: "inline" }));
  if (plugin?.descriptor === undefined || typeof plugin.classify !== "function") {
    throw new Mistake(`${entry} has no plugin as its default export; write: export default definePlugin({ … })`);
  }
  return plugin;
}

/** The module runs on the author's machine now, which has a network, and in the sandbox later, which has none. */
function refuseNetwork() {
  globalThis.fetch = () => {
    throw new Mistake("a plugin has no network: it asks for a request by returning it, as in Fetch.rows(table, get(url), …)");
  };
}

async function importText(text) {
  setSourceMapsEnabled(true);
  refuseNetwork();
  const folder = await mkdtemp(join(tmpdir(), "relink-"));
  const file = join(folder, "plugin.mjs");
  try {
    await writeFile(file, text);
    return (await import(pathToFileURL(file).href)).default;
  } catch (error) {
    throw new Mistake(`the plugin cannot be loaded: ${error.stack ?? error}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}
