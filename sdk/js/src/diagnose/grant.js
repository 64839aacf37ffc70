// What kind of credential failed, since the same answer means different things for different ones.

/** Reads it from the facts of the failure and, where these are silent, from the descriptor. */
export function grantOf(descriptor, failure) {
  const method = descriptor.auth.find(({ id }) => id === failure.authMethod) ?? likeliest(descriptor, failure.phase);
  if (method === undefined || method.kind.tag === "static-secret") return "secret";
  if (method.kind.tag === "oauth2-client-credentials") return "refreshable";
  const normally = method.kind.tag === "oauth2-code" && method.kind.val.refresh.tag === "refresh-token";
  return (failure.facts.hasRefreshToken ?? normally) ? "refreshable" : "not-refreshable";
}

/** The method that must be meant when none is named: only OAuth has redirects and token endpoints. */
function likeliest({ auth }, phase) {
  const isOfOauth = ["authorize", "exchange", "refresh"].includes(phase);
  return (isOfOauth ? auth.find(({ kind }) => kind.tag !== "static-secret") : undefined) ?? auth[0];
}
