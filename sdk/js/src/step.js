// The border to the contract's `step`: bytes in, bytes out.

import { Answer } from "./answer.js";
import { decode, encode } from "./bytes.js";
import { MissingSetting, sliceOf } from "./context.js";
import { isObject, parse, stringify } from "./json.js";
import { Flow, requireFlow } from "./flow/flow.js";
import { log } from "./log.js";

/** What the host stores for us between two steps; at most so many bytes. */
const MAX_STATE_BYTES = 64 * 1024;
const NO_STATE = new Uint8Array();

/** Runs a plugin's flow one step on. */
export function step(plugin, context, state, event) {
  if (event.tag === "start") return stepOut(event.val, flowOf(plugin, context, event.val).start(context), state);
  const stored = readState(state);
  if (stored === undefined) return failed("the state cannot be read", state);
  const happened = happenedOf(event);
  const why = refusal(plugin, happened);
  if (why !== undefined) return failed(why, state);
  const turn = flowOf(plugin, context, stored.operation).goOn(context, stored.position, happened);
  const out = stepOut(stored.operation, turn, state);
  return happened.answer === undefined ? out : { ...out, throttle: plugin.throttle?.(happened.answer) ?? undefined };
}

function flowOf(plugin, context, operation) {
  switch (operation.tag) {
    case "probe":
      return requireFlow("probe", plugin.probe(context));
    case "identify":
      return requireFlow("identify", plugin.identify(context));
    case "accounts":
      return plugin.accounts === undefined ? Flow.nothing() : requireFlow("accounts", plugin.accounts(context));
    default: {
      const slice = sliceOf(operation.val);
      if (!Object.hasOwn(plugin.sync, slice.dataset)) return Flow.refused(`there is no dataset ${JSON.stringify(slice.dataset)}`);
      return requireFlow(`sync.${slice.dataset}`, plugin.sync[slice.dataset](context, slice));
    }
  }
}

function readState(state) {
  try {
    const stored = parse(decode(state));
    return isObject(stored?.operation) && isObject(stored.position) ? stored : undefined;
  } catch {
    return undefined;
  }
}

/**
 * What happened, as flows see it: an answer, no answer, or neither. The last means that a wait is over,
 * or that the host starts again from the stored state: what was asked for last is asked for again.
 */
function happenedOf(event) {
  switch (event.tag) {
    case "answered":
      return { answer: new Answer(event.val) };
    case "unanswered":
      return { unanswered: event.val };
    default:
      return {};
  }
}

/** No answer, a status that is no success, or what the provider's author says is none. */
function refusal(plugin, { answer, unanswered }) {
  if (unanswered !== undefined) return `no answer: ${unanswered.detail}`;
  if (answer === undefined) return undefined;
  return answer.ok ? (plugin.refusal?.(answer) ?? undefined) : `the provider answered ${answer.status}`;
}

function stepOut(operation, { found, then }, oldState) {
  if (then.failed !== undefined) return failed(then.failed, oldState);
  if (then.position === undefined) return { state: NO_STATE, found, next: { tag: "done" } };
  const state = encode(stringify({ operation, position: then.position }));
  if (state.length > MAX_STATE_BYTES) return failed(`the state has grown to ${state.length} bytes`, oldState);
  return { state, found, next: then.next };
}

/** What a step makes of a setting that is missing: a failure with a reason, where any other error is a trap. */
export function failingWithoutSetting(state, stepped) {
  try {
    return stepped();
  } catch (error) {
    if (!(error instanceof MissingSetting)) throw error;
    log.error(error.message);
    return failed(error.message, state);
  }
}

/** A failure keeps the state, so that the same step can be tried again. */
function failed(why, state) {
  return { state, found: [], next: { tag: "failed", val: why } };
}
