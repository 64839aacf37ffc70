// What RFC 6749, RFC 6750 and OpenID Connect mean by their error codes, phase by phase.

import { doubtful, verdict } from "./verdict.js";

const DECLINED = [
  "access_denied", "user_denied", "user_cancelled", "user_canceled", "cancelled", "canceled", "consent_declined",
];

/** The redirect came back with an error (RFC 6749 section 4.1.2.1), or nothing is wrong with it. */
export function redirect(failure) {
  if (failure.redirectParam("denied") !== undefined) return consentDeclined();
  const error = failure.redirectParam("error");
  if (error === undefined) {
    const isAuthorized = failure.redirectParam("code") !== undefined;
    return isAuthorized ? verdict("not-a-failure", "authorized") : verdict("unknown", "redirect-without-code");
  }
  if (DECLINED.includes(error)) return consentDeclined();
  if (error === "invalid_request") {
    return { ...startAgain("authorize-rejected"), actor: "operator", remedy: "operator" };
  }
  return common(error) ?? verdict("unknown", "authorize-refused");
}

/**
 * The token endpoint named an error (RFC 6749 section 5.2). The status does not count: there are
 * endpoints that answer errors with 200.
 */
export function tokenEndpoint(failure, grant) {
  const error = failure.bodyParam("error");
  const isAtRefresh = failure.phase === "refresh";
  switch (error) {
    case undefined:
      return undefined;
    case "invalid_grant":
      if (grant === "secret") return verdict("invalid-credentials", "login-refused");
      return isAtRefresh ? verdict("invalid-refresh-token", "grant-refused") : startAgain("code-refused");
    case "invalid_request":
    case "unsupported_grant_type":
      return verdict("request-rejected", "token-request-rejected");
    case "access_denied":
      return isAtRefresh ? doubtful("invalid-refresh-token", "access-withdrawn") : consentDeclined();
    default:
      return common(error);
  }
}

/** The data endpoint named an error (RFC 6750 section 3.1), in a header or in the body. */
export function bearer(failure, grant) {
  const challenge = (failure.header("www-authenticate") ?? "").toLowerCase();
  const named = failure.bodyParam("error") ?? "";
  const says = (code) => named === code || challenge.includes(`error="${code}"`);
  if (says("insufficient_scope")) return scopeMissing();
  if (!says("invalid_token")) {
    const found = common(named);
    return found?.reason === "provider-outage" ? found : undefined;
  }
  const description = (failure.bodyParam("error_description") ?? "").toLowerCase();
  return tokenRefused(failure, grant, { isExpiry: description.includes("expired") || challenge.includes("expired") });
}

/**
 * The token was not accepted. Behind it may be no more than its age, if there is a way to renew it and
 * that was not just done.
 */
export function tokenRefused(failure, grant, { isExpiry }) {
  if (grant === "secret") return verdict("invalid-credentials", "key-refused");
  const mayHaveRunOut = grant === "refreshable" && failure.facts.justRefreshed !== true;
  return mayHaveRunOut || isExpiry ? verdict("expired-token", "token-expired") : verdict("invalid-credentials", "token-refused");
}

function common(error) {
  switch (error) {
    case "temporarily_unavailable":
    case "server_error":
    case "internal_failure":
      return verdict("provider-outage", "server-error");
    case "slow_down":
      return verdict("rate-limited", "slow-down");
    case "invalid_client":
      return verdict("app-misconfigured", "client-refused");
    case "unauthorized_client":
      return verdict("app-misconfigured", "client-not-allowed");
    case "redirect_uri_mismatch":
    case "invalid_redirect_uri":
      return verdict("app-misconfigured", "redirect-uri-mismatch");
    case "unsupported_response_type":
      return verdict("app-misconfigured", "response-type-refused");
    case "invalid_scope":
      return verdict("app-misconfigured", "scope-refused");
    case "insufficient_scope":
      return scopeMissing();
    case "consent_required":
      return loginNeeded("consent-required");
    case "interaction_required":
      return loginNeeded("interaction-required");
    case "login_required":
    case "account_selection_required":
      return loginNeeded("login-required");
    default:
      return undefined;
  }
}

function consentDeclined() {
  const message = "The access to {provider} was not granted on its page. Please start again and agree.";
  return verdict("account-action-required", "consent-declined", { actor: "connecting-user", remedy: "reauthorize", message });
}

function loginNeeded(code) {
  const message = "{provider} wants to see you in person again. Please reconnect and follow its pages.";
  return verdict("account-action-required", code, { actor: "connecting-user", remedy: "reauthorize", message });
}

function scopeMissing() {
  return verdict("insufficient-privileges", "scope-missing", { actor: "connecting-user", remedy: "reauthorize" });
}

/** Nobody has to repair anything: the page from which the person came offers to start again. */
function startAgain(code) {
  const message = "This attempt to connect to {provider} is no longer valid. Please start again.";
  return verdict("request-rejected", code, { actor: "nobody", remedy: "none", blast: "request", message });
}
