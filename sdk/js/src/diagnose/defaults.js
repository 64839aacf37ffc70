// What a failure means when the provider's own rules say nothing about it.

import { bearer, redirect, tokenEndpoint, tokenRefused } from "./oauth.js";
import { doubtful, verdict } from "./verdict.js";

export function defaultVerdict(failure, grant) {
  if (failure.transport !== undefined) return unanswered(failure.transport.kind);
  const { status, phase } = failure;
  if (status === undefined) return withoutStatus(failure);
  if (status === 429) return verdict("rate-limited", "too-many-requests");
  if (status >= 500 && status < 600) return verdict("provider-outage", "server-error");
  // A web page where an API answers was made by a proxy or a firewall in front of it.
  if (failure.isHtml()) return doubtful("provider-outage", "web-page");
  return ["authorize", "exchange", "refresh"].includes(phase) ? token(failure, grant) : api(failure, grant);
}

function withoutStatus(failure) {
  if (failure.phase === "authorize") return redirect(failure);
  // A message has no status: that something ended is known, and why is not.
  return verdict("unknown", failure.phase === "inbound" ? "access-ended" : "no-answer");
}

/** No answer is never a statement about the credential. */
function unanswered(kind) {
  switch (kind) {
    case "too-large":
      return verdict("request-rejected", "answer-too-large");
    case "blocked":
      return verdict("request-rejected", "host-blocked");
    case "timeout":
      return verdict("provider-outage", "timeout");
    case "dns":
      return verdict("provider-outage", "name-not-found");
    case "tls":
      return verdict("provider-outage", "tls-failure");
    default:
      return verdict("provider-outage", "unreachable");
  }
}

function token(failure, grant) {
  const { status } = failure;
  const named = tokenEndpoint(failure, grant);
  if (named !== undefined) return named;
  if (isSuccess(status) && failure.bodyParam("access_token") !== undefined) return verdict("not-a-failure", "success");
  if ([408, 425].includes(status)) return verdict("provider-outage", "try-later");
  // RFC 6749 knows 401 for one thing only: the application did not prove who it is.
  if (status === 401) return doubtful("app-misconfigured", "client-refused");
  if ([403, 404].includes(status) && isFromTheEdge(failure)) return edge();
  if ([404, 405, 410, 415].includes(status)) return verdict("request-rejected", "token-request-rejected");
  return verdict("unknown", "token-refused");
}

function api(failure, grant) {
  const { status } = failure;
  const named = bearer(failure, grant);
  if (named !== undefined) return named;
  if (isSuccess(status)) {
    return isBrokenJson(failure) ? doubtful("provider-outage", "broken-answer") : verdict("not-a-failure", "success");
  }
  if (status >= 300 && status < 400) return doubtful("provider-outage", "redirected");
  if (status === 401) return tokenRefused(failure, grant, { isExpiry: false });
  if (status === 402) return verdict("provider-specific", "payment-required", { remedy: "fix-billing" });
  if ([403, 404].includes(status) && isFromTheEdge(failure)) return edge();
  if (status === 403) return doubtful("insufficient-privileges", "forbidden");
  if ([407, 408, 423, 425].includes(status)) return verdict("provider-outage", "try-later");
  if (status >= 400 && status < 500) return verdict("request-rejected", "rejected");
  return verdict("unknown", "odd-status");
}

function isSuccess(status) {
  return status >= 200 && status < 300;
}

/** Something that is no JSON, from an API that speaks JSON, was not said by the API. */
function isFromTheEdge(failure) {
  return failure.text().trim() !== "" && failure.json() === undefined;
}

function edge() {
  return doubtful("provider-outage", "not-from-the-api");
}

function isBrokenJson(failure) {
  const isDeclared = failure.header("content-type")?.includes("json") ?? false;
  return isDeclared && failure.body.length > 0 && failure.json() === undefined;
}
