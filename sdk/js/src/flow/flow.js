// What an operation does, as a value. A flow is built anew at each step from the context and the
// operation, and only the position in it is stored: functions need not be stored, the state is small,
// and a synchronisation goes on under a newer version of the plugin.

import { failed, finished, followedBy, foreign, isFinished, nested } from "./turn.js";

export const Flow = {
  /** Does nothing and is done. */
  nothing: () => new Sequence([]),
  /** One flow after the other. */
  sequence: (flows) => new Sequence([...flows].map((flow) => requireFlow("Flow.sequence", flow))),
  /** Ends the operation as failed before anything is sent: a bug of the plugin or of its caller. */
  refused: (why) => new Refused(why),
};

/** Throws unless a function of the author gave back a flow, and says what is likely wrong with it. */
export function requireFlow(what, given) {
  if (typeof given?.start === "function") return given;
  throw new TypeError(`\`${what}\` must give back a flow; it gave back ${described(given)}`);
}

function described(given) {
  if (given === undefined || given === null) return "nothing: is there a `return`?";
  return typeof given.then === "function" ? "a promise: remove `async`, for nothing is waited for here" : `something else: ${typeof given}`;
}

class Refused {
  #why;

  constructor(why) {
    this.#why = why;
  }

  start() {
    return failed(this.#why);
  }

  goOn() {
    return failed(this.#why);
  }
}

class Sequence {
  #flows;

  constructor(flows) {
    this.#flows = flows;
  }

  start(context) {
    return this.#startFrom(0, context);
  }

  goOn(context, position, happened) {
    if (!Number.isInteger(position?.index)) return foreign();
    const { index, inner } = position;
    const flow = this.#flows[index];
    if (flow === undefined) return failed("the state belongs to a longer flow");
    const turn = nested(flow.goOn(context, inner, happened), (position) => ({ index, inner: position }));
    return isFinished(turn) ? followedBy(turn, this.#startFrom(index + 1, context)) : turn;
  }

  /** Starts the first flow from `index` on that has anything to do. */
  #startFrom(from, context) {
    let turn = finished();
    for (let index = from; index < this.#flows.length && isFinished(turn); index += 1) {
      turn = followedBy(turn, nested(this.#flows[index].start(context), (inner) => ({ index, inner })));
    }
    return turn;
  }
}
