// A diagnosis in the making: a reason and a code, and what deviates from what the reason implies.

import { fill, usualMessage } from "./text.js";

/** Marks a diagnosis whose token was already replaced by another worker. */
const SUPERSEDED = "token-superseded";
const ABOUT_THE_TOKEN = ["expired-token", "invalid-credentials", "invalid-refresh-token"];
const USUAL_ACTOR = {
  none: "nobody",
  wait: "nobody",
  refresh: "nobody",
  reauthorize: "connecting-user",
  "replace-secret": "connecting-user",
  "act-at-provider": "connecting-user",
  "ask-admin": "account-admin",
  "fix-billing": "account-admin",
  operator: "operator",
};

export function verdict(reason, code, rest = {}) {
  return { reason, code, certainty: reason === "unknown" ? "doubtful" : "certain", ...rest };
}

export function doubtful(reason, code, rest) {
  return verdict(reason, code, { ...rest, certainty: "doubtful" });
}

/**
 * A refusal of a token that is no longer the one in the store proves nothing: another worker has
 * renewed it meanwhile, and the next attempt takes the new one.
 */
export function correctByFacts(given, failure) {
  if (!ABOUT_THE_TOKEN.includes(given.reason) || failure.facts.newerTokenInStore !== true) return given;
  return doubtful("expired-token", SUPERSEDED, {
    actor: "nobody",
    remedy: "refresh",
    blast: "request",
    message: "The access to {provider} was renewed in the meantime; the next attempt uses it.",
  });
}

export function toDiagnosis(given, failure, grant, { id, displayName }) {
  const { reason, code, certainty, cause, helpUrl } = given;
  const remedy = given.remedy ?? usualRemedy(reason, failure, grant);
  const mayWait = reason === "rate-limited" || reason === "provider-outage";
  return {
    reason,
    code: `${id}.${code}`,
    cause,
    certainty,
    blast: given.blast ?? usualBlast(reason, remedy, failure),
    actor: given.actor ?? USUAL_ACTOR[remedy],
    remedy,
    retryAfterMs: given.retryAfterMs ?? (mayWait ? failure.retryAfterMs() : undefined),
    message: fill(given.message ?? usualMessage(reason, remedy), displayName, failure),
    helpUrl,
  };
}

function usualRemedy(reason, failure, grant) {
  switch (reason) {
    case "expired-token":
    case "invalid-credentials":
      if (grant === "secret") return "replace-secret";
      return reason === "expired-token" && isRenewedByTheHost(failure, grant) ? "refresh" : "reauthorize";
    case "invalid-refresh-token":
    case "unknown":
      return "reauthorize";
    case "insufficient-privileges":
      return "ask-admin";
    case "account-action-required":
    case "provider-specific":
      return "act-at-provider";
    case "app-misconfigured":
    case "request-rejected":
      return "operator";
    case "rate-limited":
    case "provider-outage":
      return "wait";
    default:
      return "none";
  }
}

function isRenewedByTheHost(failure, grant) {
  return grant === "refreshable" && failure.facts.justRefreshed !== true && failure.phase !== "refresh";
}

/**
 * Missing rights that a new consent would give belong to the authorization; a role that an admin took
 * away belongs to the account for which it was needed.
 */
function usualBlast(reason, remedy, failure) {
  const nearest = failure.account === undefined ? "authorization" : "account";
  switch (reason) {
    case "insufficient-privileges":
      return remedy === "reauthorize" ? "authorization" : nearest;
    case "unknown":
    case "rate-limited":
      return nearest;
    case "app-misconfigured":
      return "app";
    case "provider-outage":
      return "provider";
    case "request-rejected":
    case "not-a-failure":
      return "request";
    default:
      return "authorization";
  }
}
