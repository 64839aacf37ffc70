// The files of sdk/conformance.

import { readFileSync } from "node:fs";

import { parse } from "@relink/sdk";

/** The cases of a file, without losing digits. */
export function cases(name) {
  return parse(readFileSync(new URL(`../../../conformance/${name}.json`, import.meta.url), "utf8"));
}
