// What must hold of every descriptor, request and row, whatever the provider.

import { parse as parseToml } from "smol-toml";
import { differences, shown } from "./diff.js";

/** Contradictions within a descriptor, and between it and `plugin.toml`. */
export function mistakes(descriptor, manifest) {
  const wrong = descriptor.hosts.length === 0 ? ["the descriptor names no host"] : [];
  return [
    ...wrong,
    ...descriptor.auth.flatMap(unknownSecrets),
    ...descriptor.datasets.flatMap(wrongDataset),
    ...disagreements(descriptor, manifest),
  ];
}

function unknownSecrets({ id, appSecrets, userSecrets, uses }) {
  const known = ["access_token", ...[...appSecrets, ...userSecrets].map(({ name }) => name)];
  const placed = uses.flatMap(({ placements }) => placements.map(({ secret }) => secret));
  return placed.filter((secret) => !known.includes(secret)).map((secret) => `${id}: there is no secret ${shown(secret)}`);
}

function wrongDataset({ name, primaryKey, rowSchema, mode }) {
  const { properties } = JSON.parse(rowSchema);
  const fields = mode.tag === "daily" ? [...primaryKey, mode.val.dayField] : primaryKey;
  const missing = fields.filter((field) => !Object.hasOwn(properties, field));
  const wrong = missing.map((field) => `dataset ${name}: there is no column ${shown(field)}`);
  return primaryKey.length === 0 ? [...wrong, `dataset ${name}: it has no primary key`] : wrong;
}

function disagreements(descriptor, text) {
  let manifest;
  try {
    manifest = parseToml(text);
  } catch (error) {
    return [`plugin.toml: ${error.message}`];
  }
  const approved = { id: manifest.id, version: manifest.version, hosts: [...(manifest.hosts ?? [])].sort() };
  const described = { id: descriptor.id, version: descriptor.version, hosts: [...descriptor.hosts].sort() };
  return differences("plugin.toml", described, approved);
}

/** Why the host would not send this request. */
export function wrongRequest(descriptor, request) {
  const wrong = [];
  const host = /^https:\/\/([^/?:]*)/.exec(request.url)?.[1] ?? "";
  if (!descriptor.hosts.some((allowed) => allows(allowed, host))) wrong.push(`the descriptor does not allow ${request.url}; ${fixOf(host)}`);
  const uses = descriptor.auth.flatMap((method) => method.uses);
  if (request.credential !== undefined && !uses.some(({ name }) => name === request.credential)) {
    wrong.push(`there is no credential use ${shown(request.credential)}`);
  }
  return wrong;
}

function fixOf(host) {
  return host === "" ? "fix: requests go to https:// addresses" : `fix: add "${host}" to hosts in plugin.toml and in definePlugin`;
}

function allows(allowed, host) {
  if (!allowed.startsWith("*.")) return allowed.toLowerCase() === host.toLowerCase();
  return host.indexOf(".") > 0 && host.slice(host.indexOf(".") + 1) === allowed.slice(2);
}

/** Rows that the host would refuse: without a key, or of a day that was not asked for. */
export function wrongRows(descriptor, operation, findings) {
  if (operation.tag !== "sync") return [];
  const slice = operation.val;
  const dataset = descriptor.datasets.find(({ name }) => name === slice.dataset);
  if (dataset === undefined) return [`the descriptor has no dataset ${shown(slice.dataset)}`];
  const lines = findings.filter(({ tag }) => tag === "rows").flatMap(({ val }) => val.rows.split("\n").filter(Boolean));
  return lines.flatMap((line) => wrongRow(dataset, slice.window, line));
}

function wrongRow({ primaryKey, mode }, window, line) {
  const row = JSON.parse(line);
  const wrong = primaryKey.some((field) => (row[field] ?? null) === null) ? [`a row has no key: ${line}`] : [];
  const { since = "", until = "" } = window ?? {};
  const day = mode.tag === "daily" ? (row[mode.val.dayField] ?? "") : undefined;
  return day === undefined || (day >= since && day <= until) ? wrong : [...wrong, `a row is not of ${since} to ${until}: ${line}`];
}
