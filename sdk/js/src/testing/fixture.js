// How fixtures are written, and what the host would make of them.

import { encode } from "../bytes.js";
import { parse, stringify } from "../json.js";
import { ACTORS, BLASTS, CERTAINTIES, PHASES, REASONS, REMEDIES, TRANSPORT_KINDS } from "../names.js";
import { checkOptions, requireOneOf } from "../options.js";
import { parseMoment } from "../time.js";

const FIXTURE = ["about", "failure", "diagnosis", "operation", "context", "exchange", "found", "ends", "message", "signals"];
const DIAGNOSIS = [
  "reason", "code", "cause", "certainty", "blast", "actor", "remedy", "retry_after_ms", "message_contains", "help_url",
];
const NAMES = { reason: REASONS, certainty: CERTAINTIES, blast: BLASTS, actor: ACTORS, remedy: REMEDIES };
const FAILURE = [
  "phase", "status", "headers", "body", "unanswered", "redirect_query", "auth_method", "account", "dataset", "now", "facts",
];
const FACTS = [
  "token_age_s", "has_refresh_token", "just_refreshed", "newer_token_in_store", "granted_scopes", "requested_scopes",
  "consecutive", "fleet_failure_ratio",
];

/** Reads a file of one fixture or several; throws with the name of a member that no fixture has. */
export function readFixtures(text) {
  const document = parse(text);
  const fixtures = Array.isArray(document) ? document : [document];
  for (const fixture of fixtures) checkFixture(fixture);
  return fixtures;
}

function checkFixture(fixture) {
  const what = `fixture "${fixture.about}"`;
  checkOptions(what, fixture, FIXTURE);
  checkOptions(`${what}: failure`, fixture.failure ?? {}, FAILURE);
  checkOptions(`${what}: facts`, fixture.failure?.facts ?? {}, FACTS);
  checkOptions(`${what}: diagnosis`, fixture.diagnosis ?? {}, DIAGNOSIS);
  for (const [name, known] of Object.entries(NAMES)) requireOneOf(`${what}: ${name}`, fixture.diagnosis?.[name] ?? undefined, known);
  checkOptions(`${what}: context`, fixture.context ?? {}, ["account", "config", "auth_method", "now"]);
  checkOptions(`${what}: found`, fixture.found ?? {}, ["rows", "identity", "accounts"]);
  checkOptions(`${what}: message`, fixture.message ?? {}, ["headers", "query", "body", "now"]);
  for (const signal of fixture.signals ?? []) checkOptions(`${what}: signal`, signal, ["subject", "account", "event", "at"]);
  requireOneOf(`${what}: ends`, fixture.ends, ["done", "failed"]);
  for (const exchanged of fixture.exchange ?? []) {
    checkOptions(`${what}: exchange`, exchanged, ["request", "answer", "unanswered", "wait_ms"]);
    checkOptions(`${what}: request`, exchanged.request ?? {}, ["method", "url", "query", "headers", "body", "form", "credential"]);
    checkOptions(`${what}: answer`, exchanged.answer ?? {}, ["status", "headers", "body", "chunks"]);
  }
}

/** The operation as the contract writes it: `"probe"`, or `{"sync": {"dataset", "since", "until"}}`. */
export function operationOf(operated) {
  if (typeof operated === "string") return { tag: operated };
  const { dataset, since, until } = operated.sync;
  const window = since === undefined || until === undefined ? undefined : { since, until };
  return { tag: "sync", val: { dataset, window } };
}

export function contextOf(surroundings = {}) {
  return {
    now: unixMs(surroundings.now),
    seed: Uint8Array.from({ length: 32 }, (_, index) => index),
    config: stringify(surroundings.config ?? {}),
    authMethod: surroundings.auth_method ?? "",
    account: surroundings.account,
  };
}

/** The failure as the host hands it to `classify`. */
export function failureOf(failing) {
  requireOneOf("phase", failing.phase, PHASES);
  const facts = failing.facts ?? {};
  return {
    now: unixMs(failing.now),
    phase: failing.phase,
    authMethod: failing.auth_method ?? "",
    status: failing.status ?? undefined,
    headers: headersOf(failing.headers),
    body: bytesOf(failing.body),
    transport: failing.unanswered === undefined ? undefined : transportOf(failing.unanswered),
    redirectQuery: failing.redirect_query,
    dataset: failing.dataset,
    account: failing.account,
    facts: {
      tokenAgeS: facts.token_age_s,
      hasRefreshToken: facts.has_refresh_token,
      justRefreshed: facts.just_refreshed,
      newerTokenInStore: facts.newer_token_in_store,
      grantedScopes: facts.granted_scopes ?? [],
      requestedScopes: facts.requested_scopes ?? [],
      consecutive: facts.consecutive ?? 1,
      fleetFailureRatio: facts.fleet_failure_ratio,
    },
  };
}

/** The message as the host hands it to `receive`, after its proof held. */
export function messageOf({ headers, query = {}, body, now }) {
  const parameters = Object.entries(query).map(([name, value]) => ({ name, value }));
  return { now: unixMs(now), headers: headersOf(headers), query: parameters, body: bytesOf(body) };
}

/** An answer in the pieces in which the host hands it over. */
export function piecesOf({ status, headers, body, chunks }) {
  const bodies = chunks ?? [body];
  return bodies.map((piece, index) => ({
    status,
    headers: headersOf(headers),
    body: bytesOf(piece),
    more: index < bodies.length - 1,
  }));
}

export function transportOf(kind) {
  return { kind: requireOneOf("unanswered", kind, TRANSPORT_KINDS), detail: "recorded" };
}

/** A text stands for itself, null for no body, and anything else for its JSON. */
function bytesOf(body) {
  if (body === undefined || body === null) return new Uint8Array();
  return encode(typeof body === "string" ? body : stringify(body));
}

function headersOf(headers = {}) {
  return Object.entries(headers).map(([name, value]) => ({ name: name.toLowerCase(), value }));
}

function unixMs(now) {
  if (now === undefined) return 0;
  const moment = parseMoment(now);
  if (moment === undefined) throw new TypeError(`now: ${JSON.stringify(now)} is no moment like 2026-05-08T06:00:00Z`);
  return moment.ms;
}
