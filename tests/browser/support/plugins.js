// Plugins as files, and versions of them that were never built.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { required } from "./surroundings.js";

export const readPlugin = (name) => readFile(join(required("RELINK_TEST_PLUGINS"), `${name}.wasm`));

// The same component with other texts, each as long as the one that it replaces: nothing in a component
// depends on what its texts say. A text behind an @ is the version of an interface, and stays.
export function changed(component, texts) {
  const copy = Buffer.from(component);
  for (const [before, after] of Object.entries(texts)) {
    if (before.length !== after.length) throw new Error(`${after} is not as long as ${before}`);
    let count = 0;
    for (let at = copy.indexOf(before); at >= 0; at = copy.indexOf(before, at + 1)) {
      if (copy[at - 1] === "@".charCodeAt(0)) continue;
      copy.write(after, at, "latin1");
      count += 1;
    }
    if (count === 0) throw new Error(`${before} is not in the component`);
  }
  return copy;
}
