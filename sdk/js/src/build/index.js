// From an author's plugin to one .wasm file.

import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";

import { mistakes } from "../testing/soundness.js";
import { bundle, entryOf, Mistake } from "./bundle.js";
import { makeComponent } from "./componentize.js";
import { withLines } from "./lines.js";
import { loadPlugin } from "./plugin.js";

const LOG = "relink:plugin/diag@0.2.0";

/** Builds the plugin of a folder; gives back what was written and where. */
export async function build({ folder, entry: named, out }) {
  const entry = entryOf(folder, named);
  const { descriptor } = await loadPlugin(folder, entry);
  requireSound(descriptor, join(folder, "plugin.toml"));
  const source = [
    `import { log } from ${JSON.stringify(LOG)};`,
    `import { componentOf } from "@relink/sdk/component";`,
    `import plugin from ${JSON.stringify(entry)};`,
    "export const provider = componentOf(plugin, log);",
  ].join("\n");
  const module = await bundle({ folder, source, external: [LOG], sourcemap: "inline" });
  const component = await makeComponent(withLines(module));
  const file = resolve(folder, out ?? `dist/${descriptor.id}.wasm`);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, component);
  return { descriptor, file: relative(process.cwd(), file), bytes: component.length };
}

/** What the host would refuse is told before the minutes that a component takes. */
function requireSound(descriptor, manifest) {
  if (!existsSync(manifest)) return;
  const wrong = mistakes(descriptor, readFileSync(manifest, "utf8"));
  if (wrong.length > 0) throw new Mistake(["the plugin is wrong:", ...wrong].join("\n  "));
}
