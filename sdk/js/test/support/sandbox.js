// Runs a component outside of the host, each call in a fresh instance, so that the border between the
// contract and the SDK is tested without the host: 64-bit numbers, options, variants.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";

import { transpile } from "@bytecodealliance/jco";

/** The plugin in a component, with the face that the test kit expects; its log goes to `heard`. */
export async function sandboxed(component, heard = []) {
  const log = (_severity, text) => heard.push(text);
  const fresh = await instantiable(component, { "relink:plugin/diag": { log } });
  return faceOf(() => fresh().provider);
}

/** A function that makes a fresh instance of a component. */
export async function instantiable(component, host) {
  const { files: made } = await transpile(component, { name: "plugin", instantiation: "sync" });
  const files = Object.entries(made);
  const cores = new Map();
  for (const [name, bytes] of files.filter(([file]) => file.endsWith(".wasm"))) cores.set(name, await WebAssembly.compile(bytes));
  const { instantiate } = await load(files);
  return () => instantiate((name) => cores.get(name), host, (module, imports) => new WebAssembly.Instance(module, imports));
}

async function load(files) {
  const folder = await mkdtemp(join(tmpdir(), "relink-"));
  try {
    for (const [name, bytes] of files.filter(([file]) => file.endsWith(".js"))) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name.replace(/js$/, "mjs")), bytes);
    }
    return await import(pathToFileURL(join(folder, "plugin.mjs")).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function faceOf(fresh) {
  return {
    descriptor: numbered(fresh().describe()),
    classify(failure) {
      const facts = { grantedScopes: [], requestedScopes: [], consecutive: 1, ...failure.facts };
      const tokenAgeS = facts.tokenAgeS === undefined ? undefined : BigInt(facts.tokenAgeS);
      return numbered(fresh().classify({ ...failure, now: BigInt(failure.now), facts: { ...facts, tokenAgeS } }));
    },
    step(context, state, event) {
      return numbered(fresh().step({ ...context, now: BigInt(context.now) }, state, event));
    },
    migrate: (version, state) => fresh().migrate(version, state),
    receive: (message) => numbered(fresh().receive({ ...message, now: BigInt(message.now) })),
  };
}

/** Without `bigint`, which only the contract has. */
function numbered(value) {
  if (typeof value === "bigint") return Number(value);
  if (Array.isArray(value)) return value.map(numbered);
  const isRecord = typeof value === "object" && value !== null && !(value instanceof Uint8Array);
  return isRecord ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, numbered(member)])) : value;
}
