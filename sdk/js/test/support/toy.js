// A small plugin, to be varied by tests.

import { Auth, Column, Fetch, Flow, Items, definePlugin, get, table } from "@relink/sdk";

export const THINGS = table({ name: "things", label: "Things", columns: { id: Column.text("/id", { key: true }) } });
const CONTEXT = { now: 0, seed: new Uint8Array(), config: "{}", authMethod: "api-key", account: undefined };

export function toy(changes = {}) {
  return definePlugin({
    id: "toy",
    displayName: "Toy",
    version: "1.0.0",
    hosts: ["toy.example"],
    auth: [Auth.bearerKey()],
    tables: [THINGS],
    probe: () => Fetch.probe(get("https://elsewhere.example/me", { credential: "other" })),
    identify: () => Flow.nothing(),
    sync: { things: () => Fetch.rows(THINGS, get("https://toy.example/things?size=5"), Items.at("")) },
    ...changes,
  });
}

export function start(plugin, dataset = "things") {
  return plugin.step(CONTEXT, new Uint8Array(), { tag: "start", val: { tag: "sync", val: { dataset } } });
}

export function answer(plugin, state, body, status = 200) {
  const bytes = new TextEncoder().encode(typeof body === "string" ? body : JSON.stringify(body));
  return plugin.step(CONTEXT, state, { tag: "answered", val: { status, headers: [], body: bytes, more: false } });
}
