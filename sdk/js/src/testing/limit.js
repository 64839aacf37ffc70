// Ends a call of a plugin that would never end: in the host it is a trap, and here it would hang the
// tests without a word.

import { Script } from "node:vm";

/** As long as the host lets a step take. */
const LIMIT_MS = 2_000;
const CALL = Symbol.for("relink.testing.call");
const CALLING = new Script(`globalThis[Symbol.for("${CALL.description}")]()`);

/** The plugin, with calls that throw when they take too long. */
export function limited(plugin) {
  let operation;
  return {
    descriptor: plugin.descriptor,
    codes: plugin.codes,
    classify: (failure) => withinLimit("classify", () => plugin.classify(failure)),
    receive: (message) => withinLimit("receive", () => plugin.receive(message)),
    step(context, state, event) {
      if (event.tag === "start") operation = event.val;
      return withinLimit(nameOf(operation), () => plugin.step(context, state, event));
    },
  };
}

function nameOf(operation) {
  return operation?.tag === "sync" ? `sync.${operation.val.dataset}` : (operation?.tag ?? "step");
}

/** Only a script of its own can be interrupted, whatever it calls. */
function withinLimit(what, call) {
  globalThis[CALL] = call;
  try {
    return CALLING.runInThisContext({ timeout: LIMIT_MS, displayErrors: false });
  } catch (error) {
    if (error?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    throw new Error(`\`${what}\` was not done after ${LIMIT_MS / 1000} s, and the host ends it then; is there a loop without an end?`);
  } finally {
    delete globalThis[CALL];
  }
}
