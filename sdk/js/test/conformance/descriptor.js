// Ways to authorize as the cases write them, and descriptors as the contract writes them.

import { Auth, Inbound } from "@relink/sdk";

import { camelCased, only, tableOf } from "./read.js";

const PAIRS = ["authorize_params", "reconnect_params", "token_params", "refresh_params", "param_names", "token_pointers"];

export function authOf({ bearer_key: help, secrets, oauth2, named = [], app_secrets: appSecrets, used, ...rest }) {
  only(rest, []);
  const [id, label] = named;
  const method = { id, label, appSecrets, uses: used?.map(useOf) };
  if (help !== undefined) return Auth.bearerKey({ help, ...method });
  return secrets === undefined ? Auth.oauth2({ ...oauth2Of(oauth2), ...method }) : Auth.secrets({ slots: secrets, ...method });
}

function oauth2Of({ scopes = [], optional_scopes: optional = [], refreshed, without_pkce: withoutPkce, json_token_body: json, keep, ...rest }) {
  const pairs = Object.fromEntries(PAIRS.filter((name) => rest[name]).map((name) => [name, Object.fromEntries(rest[name])]));
  return {
    ...camelCased({ ...rest, ...pairs }),
    scopes: [...scopes.map(([name, label]) => ({ name, label })), ...optional.map(([name, label]) => ({ name, label, optional: true }))],
    refreshed: refreshed?.grace_s === undefined ? refreshed : { graceS: refreshed.grace_s },
    pkce: withoutPkce !== true,
    tokenBody: json ? "json" : "form",
    keep: keep?.map(([from, name, setting]) => ({ from, name, setting })),
  };
}

function useOf({ name, bearer, header = [], query = [], basic, placed = [], signed, only_to: onlyTo, ...rest }) {
  only(rest, []);
  return {
    name,
    bearer,
    headers: Object.fromEntries(header),
    query: Object.fromEntries(query),
    basic: basic && { user: basic[0], password: basic[1] },
    placed: placed.map(([secret, where, place, prefix]) => ({ secret, where, name: place, prefix })),
    signer: signed && { name: signed[0], params: Object.fromEntries(signed[1]) },
    onlyTo,
  };
}

/** How messages are proven; of a case without a `receive`, nobody reads them. */
export function inboundOf({ label, help, echo, signed, hmac, signed_field: signedField, jws, ...rest }) {
  only(rest, []);
  const [challenge, token, secret] = echo ?? [];
  const common = { label, help, echo: echo && { challenge, token, secret }, signed };
  if (hmac !== undefined) return Inbound.hmac({ ...common, ...hmacOf(hmac) });
  if (signedField !== undefined) return Inbound.signedField({ ...common, secret: signedField[0], field: signedField[1] });
  const [jwksUrl, issuer, audience] = jws;
  return Inbound.jws({ ...common, jwksUrl, issuer, audience });
}

function hmacOf({ content, sent_at: sentAt, ...rest }) {
  const source = ([header, item]) => ({ header, item });
  return {
    ...rest,
    content: content?.map((part) => (part.value === undefined ? part : source(part.value))),
    sentAt: sentAt && { ...source(sentAt[0]), toleranceS: sentAt[1] },
  };
}

export function definitionOf({ auth = [], tables = [], budgets = [], inbound, ...rest }) {
  return {
    ...camelCased(rest),
    ...(inbound && { inbound: inboundOf(inbound), receive: () => [] }),
    auth: auth.map(authOf),
    tables: tables.map(tableOf),
    sync: Object.fromEntries(tables.map(({ name }) => [name, () => undefined])),
    budgets: budgets.map(([name, calls, perMs, key]) => ({ name, calls, perMs, key })),
  };
}

/** A record of the contract as JSON: `_` in names, variants as `{"case": value}`. */
export function asContract(record) {
  if (Array.isArray(record)) return record.map(asContract);
  if (typeof record !== "object" || record === null) return record;
  if ("tag" in record) return record.val === undefined ? record.tag : { [record.tag]: asContract(record.val) };
  const members = Object.entries(record).map(([name, value]) => [snakeCased(name), isDocument(name) ? JSON.parse(value) : asContract(value)]);
  return Object.fromEntries(members);
}

function isDocument(name) {
  return name === "rowSchema" || name === "configSchema";
}

function snakeCased(name) {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
