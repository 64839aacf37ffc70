// A report that the provider makes in its own time: ask for it, wait until it is made, download it.

import { textAt } from "../json.js";
import { checkOptions, requireOptions, requirePointer } from "../options.js";
import { requireFlow } from "./flow.js";
import { ask, failed, finished, foreign, nested, send } from "./turn.js";

const OPTIONS = ["create", "id", "poll", "status", "location", "pollEveryMs", "giveUpAfterMs", "download"];

/** A job that `create` starts; the answer holds its id at the pointer `id`. */
export function report(options) {
  checkOptions("report", options, OPTIONS);
  requireOptions("report", options, ["create", "id", "poll", "status"]);
  checkOptions("report.status", options.status, ["at", "ready", "failed"]);
  for (const pointer of [options.id, options.status.at, options.location]) requirePointer("report", pointer);
  return new Report(options);
}

class Report {
  #options;

  constructor(options) {
    this.#options = { pollEveryMs: 10_000, giveUpAfterMs: 3_600_000, ...options };
  }

  start() {
    return send({ stage: "creating" }, this.#options.create);
  }

  goOn(context, position, happened) {
    if (typeof position?.stage !== "string") return foreign();
    const { stage, id, createdAt } = position;
    const { answer } = happened;
    if (stage === "downloading") return this.#goOnDownloading(context, position, happened);
    if (stage === "creating") return answer === undefined ? this.start() : this.#waitForCreated(context, answer);
    if (stage === "polling" && answer !== undefined) return this.#judgePoll(context, position, answer);
    return send({ stage: "polling", id, createdAt }, this.#options.poll(id));
  }

  #waitForCreated(context, answer) {
    const id = textAt(answer.json(), this.#options.id);
    return id ? this.#wait({ id, createdAt: context.now }) : failed("the answer names no report");
  }

  #judgePoll(context, { id, createdAt }, answer) {
    const { status: wanted, location, giveUpAfterMs } = this.#options;
    const document = answer.json();
    const status = textAt(document, wanted.at ?? "/status") ?? "";
    const isOneOf = (names = []) => names.some((name) => name.toLowerCase() === status.toLowerCase());
    if (isOneOf(wanted.ready)) {
      return this.#startDownload(context, { id, location: (location && textAt(document, location)) ?? "" });
    }
    if (isOneOf(wanted.failed)) return failed(`the report ended as ${status}`);
    if (context.now - createdAt >= giveUpAfterMs) return failed(`the report is ${status} after ${giveUpAfterMs} ms`);
    return this.#wait({ id, createdAt });
  }

  #wait({ id, createdAt }) {
    return ask({ stage: "waiting", id, createdAt }, { tag: "wait-ms", val: this.#options.pollEveryMs });
  }

  #startDownload(context, ready) {
    const { download } = this.#options;
    return download === undefined ? finished() : nested(this.#downloadOf(ready).start(context), (inner) => downloading(ready, inner));
  }

  #downloadOf(ready) {
    return requireFlow("report.download", this.#options.download(ready));
  }

  #goOnDownloading(context, { ready, inner }, happened) {
    const turn = this.#downloadOf(ready).goOn(context, inner, happened);
    return nested(turn, (position) => downloading(ready, position));
  }
}

function downloading(ready, inner) {
  return { stage: "downloading", ready, inner };
}
