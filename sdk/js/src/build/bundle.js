// One ES module of an author's plugin and everything that it imports.

import { readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { join, resolve } from "node:path";

import * as esbuild from "esbuild";

/** A mistake of the author, told without a stack. */
export class Mistake extends Error {}

/** The entry that is named, or that of package.json. */
export function entryOf(folder, named) {
  if (named !== undefined) return resolve(folder, named);
  const { main } = readManifest(folder);
  if (main === undefined) throw new Mistake(`package.json names no "main"; say which file holds the plugin: relink-build src/plugin.js`);
  return resolve(folder, main);
}

export function readManifest(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  } catch (error) {
    throw new Mistake(`package.json cannot be read: ${error.message}`);
  }
}

/**
 * Bundles `source`, which imports the plugin. What a sandbox does not have is a mistake here, where the
 * line of the import can be shown, and not a trap later.
 */
export async function bundle({ folder, source, external = [], sourcemap = false }) {
  try {
    const { outputFiles } = await esbuild.build({
      stdin: { contents: source, resolveDir: folder, sourcefile: "relink-entry.js" },
      absWorkingDir: folder,
      bundle: true,
      external,
      format: "esm",
      legalComments: "none",
      logLevel: "silent",
      platform: "neutral",
      sourcemap,
      target: "es2022",
      write: false,
    });
    return outputFiles[0].text;
  } catch (error) {
    if (error.errors === undefined) throw error;
    const messages = await esbuild.formatMessages(error.errors.map(withAdvice), { kind: "error", color: process.stderr.isTTY });
    throw new Mistake(messages.join("").trimEnd());
  }
}

/** In place of esbuild's own advice, which is to leave an import to whoever runs the bundle. */
function withAdvice(message) {
  const [, name] = /^Could not resolve "([^."/][^"]*)"/.exec(message.text) ?? [];
  return name === undefined ? message : { ...message, notes: [{ text: adviceOn(name) }] };
}

function adviceOn(name) {
  if (isBuiltin(name)) return "a plugin has no files, network, clock or processes: it asks for requests by returning them";
  const [scope, second] = name.split("/");
  const installed = scope.startsWith("@") ? `${scope}/${second}` : scope;
  return `fix: npm install ${installed}; a package that sends requests by itself cannot work in a plugin, use get and post`;
}
