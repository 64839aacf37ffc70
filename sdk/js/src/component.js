// Makes the contract's exports of a plugin. The contract's 64-bit numbers are `bigint`; everything else
// in this SDK counts with numbers, so the border between both is here.

import { log, logTo, traced } from "./log.js";
import { rehearse } from "./rehearsal.js";

/** Larger numbers are no lengths of time and no moments. */
const LARGEST = Number.MAX_SAFE_INTEGER;

/** The functions that the host calls, for the plugin that a component exports. */
export function componentOf(plugin, hostLog) {
  const descriptor = lowerDescriptor(plugin.descriptor);
  const provider = {
    describe: () => descriptor,
    classify: (failure) => lowerDiagnosis(plugin.classify(liftFailure(failure))),
    step: told("step", (context, state, event) => lowerStepOut(plugin.step(context, state, event))),
    migrate: told("migrate", (version, state) => plugin.migrate(version, state)),
    receive: told("receive", (message) => plugin.receive(message).map(lowerSignal)),
  };
  // The host can be told nothing while the component is made.
  logTo(() => {});
  rehearse(provider, plugin.descriptor);
  logTo(hostLog);
  return provider;
}

/** A trap carries no text, so the error goes to the operator's log before it. */
function told(name, call) {
  return (...given) => {
    try {
      return call(...given);
    } catch (error) {
      log.error(`${name} broke: ${traced(error)}`);
      throw error;
    }
  };
}

function lowerDescriptor(descriptor) {
  return {
    ...descriptor,
    auth: descriptor.auth.map(lowerMethod),
    budgets: descriptor.budgets.map((budget) => ({ ...budget, perMs: u64(budget.perMs) })),
  };
}

function lowerMethod(method) {
  const { tag, val } = method.kind;
  if (val?.assumedLifetimeS === undefined) return method;
  return { ...method, kind: { tag, val: { ...val, assumedLifetimeS: u64(val.assumedLifetimeS) } } };
}

function liftFailure(failure) {
  const { tokenAgeS } = failure.facts;
  return { ...failure, facts: { ...failure.facts, tokenAgeS: tokenAgeS === undefined ? undefined : Number(tokenAgeS) } };
}

function lowerDiagnosis(diagnosis) {
  return { ...diagnosis, retryAfterMs: u64(diagnosis.retryAfterMs) };
}

function lowerStepOut({ state, found, throttle, next }) {
  return {
    state,
    found,
    throttle: throttle && { budget: throttle.budget, remaining: u64(throttle.remaining), resetsAt: u64(throttle.resetsAt) },
    next: next.tag === "wait-ms" ? { tag: "wait-ms", val: u64(next.val) } : next,
  };
}

function lowerSignal(signal) {
  return { ...signal, at: u64(signal.at) };
}

function u64(number) {
  if (number === undefined || number === null) return undefined;
  return BigInt(Math.min(LARGEST, Math.max(0, Math.trunc(number) || 0)));
}
