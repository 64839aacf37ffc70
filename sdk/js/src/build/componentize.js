// From a bundled module to a component that imports nothing but the log.

import { readFile } from "node:fs/promises";

import { componentize } from "@bytecodealliance/componentize-js";

import { Mistake } from "./bundle.js";

/** With every feature off, the engine asks for no clock, randomness, files or network. */
export const DISABLED = ["stdio", "random", "clocks", "http", "fetch-event"];
const CONTRACT = new URL("../../../../wit/0.2/plugin.wit", import.meta.url);

export async function makeComponent(source) {
  try {
    const { component } = await componentize(source, {
      sourceName: "plugin.js",
      witWorld: await readFile(CONTRACT, "utf8"),
      worldName: "plugin",
      disableFeatures: DISABLED,
    });
    return component;
  } catch (error) {
    const reason = error.message.replace(/^Failed to initialize component.*\n/, "");
    throw new Mistake(`the plugin runs here, but not in the sandbox:\n${reason}`);
  }
}
