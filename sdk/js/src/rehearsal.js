// Calls a plugin while its component is made. The engine compiles a function when it is first called, so
// what was called before the engine's memory is frozen into the component is not compiled in each call.

const PHASES = ["authorize", "exchange", "refresh", "probe", "sync", "revoke", "inbound"];
const OPERATIONS = [{ tag: "probe" }, { tag: "identify" }, { tag: "accounts" }];
const BODIES = ['{"error":"invalid_token"}', "<html>", "error=a&b=%20", '[{"id":"1"}]'];
const STATUSES = [200, 401, 429, 503];

/** Leaves nothing behind but compiled functions, whatever the plugin makes of it. */
export function rehearse(provider, descriptor) {
  for (const { id } of descriptor.auth) {
    for (const answer of answers()) {
      for (const phase of PHASES) attempt(() => provider.classify(failureOf(id, phase, answer)));
      for (const operation of OPERATIONS) attempt(() => run(provider, contextOf(id), operation, answer));
    }
  }
}

function run(provider, context, operation, answer) {
  const { state } = provider.step(context, new Uint8Array(), { tag: "start", val: operation });
  provider.step(context, state, { tag: "answered", val: { ...answer, more: false } });
}

/** A plugin may refuse what nobody asked in earnest. */
function attempt(call) {
  try {
    call();
  } catch {
    // It shows again when somebody does.
  }
}

function answers() {
  const headers = [{ name: "content-type", value: "application/json" }];
  return BODIES.flatMap((body) => STATUSES.map((status) => ({ status, headers, body: new TextEncoder().encode(body) })));
}

function failureOf(authMethod, phase, answer) {
  return { now: 0n, phase, authMethod, ...answer, facts: { grantedScopes: [], requestedScopes: [], consecutive: 1 } };
}

function contextOf(authMethod) {
  return { now: 0n, seed: new Uint8Array(16), config: "{}", authMethod };
}
