// What a component does before its host calls it.

import assert from "node:assert/strict";
import test from "node:test";

import { componentOf } from "../src/component.js";

function descriptor() {
  return { id: "acme", displayName: "Acme", auth: [{ id: "oauth", kind: { tag: "secrets" } }], budgets: [] };
}

test("a plugin is called while its component is made, and the host hears nothing of it", () => {
  const called = new Set();
  const heard = [];
  const plugin = {
    descriptor: descriptor(),
    classify: ({ phase, authMethod }) => {
      called.add(`classify ${authMethod} ${phase}`);
      throw new Error("nobody asked in earnest");
    },
    step: (_context, state, { tag }) => {
      called.add(`step ${tag}`);
      if (tag === "answered") throw new Error("nor here");
      return { state, found: [], next: { tag: "done" } };
    },
  };
  const provider = componentOf(plugin, (_severity, text) => heard.push(text));
  for (const call of ["classify oauth sync", "classify oauth refresh", "step start", "step answered"]) assert.ok(called.has(call), call);
  assert.deepEqual(heard, []);
  assert.throws(() => provider.step({ now: 0n }, new Uint8Array(), { tag: "answered" }), /nor here/);
  assert.match(heard.join(), /step broke/);
});
