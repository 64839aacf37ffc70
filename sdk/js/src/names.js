// The contract's names of its enum cases, as they stand in JSON, in logs and in fixtures.

export const PHASES = ["authorize", "exchange", "refresh", "probe", "sync", "revoke", "inbound"];
export const REASONS = [
  "invalid-credentials", "invalid-refresh-token", "expired-token", "insufficient-privileges", "account-action-required",
  "provider-specific", "app-misconfigured", "rate-limited", "provider-outage", "request-rejected", "not-a-failure", "unknown",
];
export const CERTAINTIES = ["certain", "doubtful"];
export const BLASTS = ["request", "account", "authorization", "app", "provider"];
export const ACTORS = ["nobody", "connecting-user", "account-admin", "operator"];
export const REMEDIES = [
  "none", "wait", "refresh", "reauthorize", "replace-secret", "act-at-provider", "ask-admin", "fix-billing", "operator",
];
export const TRANSPORT_KINDS = ["dns", "connect", "tls", "timeout", "reset", "too-large", "blocked", "other"];
export const GRANTS = ["secret", "refreshable", "not-refreshable"];
export const PLACES = ["header", "query", "form-field", "json-pointer", "basic-user", "basic-password"];
export const BUDGET_KEYS = ["app", "authorization", "connection"];
export const UNITS = ["seconds", "milliseconds", "minutes"];
