// A list first, and then a flow for each part of it: campaigns, then statistics of 20 at a time. The
// values wait in the state, which holds 64 KiB, so keep no more of an item than its id.

import { checkOptions, requireOptions } from "../options.js";
import { fetchValues } from "./fetch.js";
import { requireFlow } from "./flow.js";
import { finished, followedBy, foreign, isFinished, nested } from "./turn.js";

/** Lists values, and then runs a flow for every `size` of them. */
export function each(options) {
  checkOptions("each", options, ["list", "items", "keep", "pages", "size", "run"]);
  requireOptions("each", options, ["list", "items", "keep", "run"]);
  return new Each(options);
}

class Each {
  #list;
  #size;
  #run;

  constructor({ list, items, keep, pages, size = 1, run }) {
    this.#list = fetchValues(list, items, keep, pages);
    this.#size = Math.max(1, size);
    this.#run = (batch) => requireFlow("each.run", run(batch));
  }

  start(context) {
    return nested(this.#list.start(context), (list) => ({ list, waiting: [] }));
  }

  goOn(context, position, happened) {
    if (!Array.isArray(position?.waiting)) return foreign();
    return position.list === undefined ? this.#goOnRunning(context, position, happened) : this.#goOnListing(context, position, happened);
  }

  #goOnListing(context, position, happened) {
    const turn = this.#list.goOn(context, position.list, happened);
    const waiting = [...position.waiting, ...turn.found];
    if (isFinished(turn)) return this.#runNext(context, waiting);
    return nested({ ...turn, found: [] }, (list) => ({ list, waiting }));
  }

  #goOnRunning(context, { waiting, batch, inner }, happened) {
    const turn = this.#run(batch).goOn(context, inner, happened);
    if (isFinished(turn)) return followedBy(turn, this.#runNext(context, waiting));
    return nested(turn, (position) => ({ waiting, batch, inner: position }));
  }

  /** Starts the flow of the next batch; a batch with nothing to do is skipped. */
  #runNext(context, values) {
    let turn = finished();
    for (let start = 0; start < values.length && isFinished(turn); start += this.#size) {
      const batch = values.slice(start, start + this.#size);
      const waiting = values.slice(start + this.#size);
      const started = nested(this.#run(batch).start(context), (inner) => ({ waiting, batch, inner }));
      turn = followedBy(turn, started);
    }
    return turn;
  }
}
