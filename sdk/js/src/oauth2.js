// Saying how a provider speaks OAuth 2: RFC 6749, and where it deviates.

import { checkOptions, requireOneOf } from "./options.js";
import { fields } from "./request.js";

export const OAUTH2_OPTIONS = [
  "authorizeUrl", "tokenUrl", "scopes", "scopeSeparator", "revokedAt", "refreshed", "extended", "pkce", "tokenAuth", "tokenBody",
  "authorizeParams", "reconnectParams", "tokenParams", "refreshParams", "paramNames", "tokenPointers", "loginHint", "keep",
  "assumedLifetimeS", "reauthorizeDays", "issuer",
];

/** RFC 6749 as written, but for what the options say: PKCE, the client in the body of a form, no refresh token. */
export function oauth2Kind(options) {
  requireOneOf("Auth.oauth2: tokenAuth", options.tokenAuth, ["body", "basic", "none"]);
  requireOneOf("Auth.oauth2: tokenBody", options.tokenBody, ["form", "json"]);
  return {
    issuer: options.issuer,
    authorizeUrl: options.authorizeUrl,
    tokenUrl: options.tokenUrl,
    revokeUrl: options.revokedAt,
    scopes: (options.scopes ?? []).map(scope),
    scopeSeparator: options.scopeSeparator ?? " ",
    pkce: options.pkce ?? true,
    tokenAuth: options.tokenAuth ?? "body",
    tokenBody: options.tokenBody ?? "form",
    paramNames: fields(options.paramNames),
    authorizeParams: fields(options.authorizeParams),
    reconnectParams: fields(options.reconnectParams),
    loginHintParam: options.loginHint,
    tokenParams: fields(options.tokenParams),
    refreshParams: fields(options.refreshParams),
    refresh: refresh(options),
    tokenPointers: fields(options.tokenPointers),
    keep: (options.keep ?? []).map(keptValue),
    assumedLifetimeS: options.assumedLifetimeS,
    reauthorizeDays: options.reauthorizeDays,
  };
}

function scope(options) {
  checkOptions(`scope "${options.name}"`, options, ["name", "label", "optional"]);
  return { name: options.name, label: options.label, required: options.optional !== true };
}

function refresh({ refreshed, extended }) {
  if (extended === true) return { tag: "extend-access-token" };
  if (refreshed === undefined) return { tag: "none" };
  if (refreshed.graceS !== undefined) return { tag: "refresh-token", val: { tag: "grace-s", val: refreshed.graceS } };
  requireOneOf("Auth.oauth2: refreshed", refreshed, ["none", "stays-valid", "strict"]);
  return { tag: "refresh-token", val: { tag: refreshed } };
}

function keptValue({ from, name, setting }) {
  requireOneOf("Auth.oauth2: keep", from, ["callback-query", "token-answer"]);
  return { source: from, name, intoConfig: setting };
}
