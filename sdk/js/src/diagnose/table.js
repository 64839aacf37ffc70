// From a failure to a diagnosis: the provider's own rules first, then what OAuth 2 and HTTP say.
// Total: it has an answer to any bytes, and a mistake in a rule cannot keep it from answering.

import { log, traced } from "../log.js";
import { defaultVerdict } from "./defaults.js";
import { correctByFacts, doubtful, toDiagnosis } from "./verdict.js";

/** Says what a failure means. */
export function diagnose(plugin, rules, failure, grant) {
  return toDiagnosis(correctByFacts(firstVerdict(rules, failure, grant), failure), failure, grant, plugin);
}

/** What is said when the plugin itself broke: it is the operator's matter, and breaks no connection. */
export function brokenPlugin(plugin, failure) {
  const message =
    "{provider} answered with something that we did not understand. Our operators have to look at this; reconnecting does not help.";
  const given = doubtful("request-rejected", "classify-failed", { blast: "request", message });
  return toDiagnosis(given, failure, "secret", plugin);
}

function firstVerdict(rules, failure, grant) {
  for (const rule of rules) {
    try {
      if (rule.matches(failure, grant)) return rule.verdict(failure);
    } catch (error) {
      log.error(`rule ${rule.code} broke and was passed over: ${traced(error)}`);
    }
  }
  return defaultVerdict(failure, grant);
}
