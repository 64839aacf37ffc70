// Which fixtures a plugin still owes.

import { contextOf } from "./fixture.js";

/** What has no fixture: rules of the error table, datasets, the other operations, and messages. */
export function missingFixtures(plugin, fixtures) {
  const diagnosed = fixtures.map((fixture) => fixture.diagnosis?.code);
  const done = fixtures.filter(({ operation, ends = "done" }) => operation !== undefined && ends === "done").map(({ operation }) => operation);
  const synced = done.map((operation) => operation.sync?.dataset);
  const operations = ["probe", "identify", ...(listsAccounts(plugin) ? ["accounts"] : [])];
  return [
    ...plugin.codes.filter((code) => !diagnosed.includes(code)).map((code) => `rule ${code}`),
    ...plugin.descriptor.datasets.filter(({ name }) => !synced.includes(name)).map(({ name }) => `dataset ${name}`),
    ...operations.filter((operation) => !done.includes(operation)).map((operation) => `operation ${operation}`),
    ...(owesMessages(plugin, fixtures) ? ["messages of the provider"] : []),
  ];
}

function owesMessages({ descriptor }, fixtures) {
  return (descriptor.inbound ?? undefined) !== undefined && fixtures.every(({ message }) => message === undefined);
}

function listsAccounts(plugin) {
  const event = { tag: "start", val: { tag: "accounts" } };
  return plugin.step(contextOf(), new Uint8Array(), event).next.tag !== "done";
}
