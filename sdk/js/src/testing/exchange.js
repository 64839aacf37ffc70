// Runs an operation against recorded answers, as the host would run it against the provider.

import { decode } from "../bytes.js";
import { parse, scalar } from "../json.js";
import { differences, shown } from "./diff.js";
import { contextOf, operationOf, piecesOf, transportOf } from "./fixture.js";
import { wrongDiagnosis, wrongFindings } from "./expected.js";
import { wrongRequest, wrongRows } from "./soundness.js";

/** More steps than any fixture needs; beyond it, the flow runs in a circle. */
const MAX_STEPS = 10_000;

/** What differs from the recording; nothing if it holds. */
export function runExchange(plugin, fixture) {
  const operation = operationOf(fixture.operation);
  const run = new Run(plugin, fixture);
  const failed = run.drive(operation);
  const ends = failed === undefined ? "done" : "failed";
  const { wrong } = run;
  if (wrong.length === 0 && run.left > 0) wrong.push(`${run.left} recorded exchanges were not asked for`);
  if (run.hasEnded && ends !== (fixture.ends ?? "done")) {
    wrong.push(`ends: expected ${fixture.ends ?? "done"}, found ${ends}${failed === undefined ? "" : `: ${failed}`}`);
  }
  wrong.push(...wrongFindings(fixture.found, run.found), ...wrongRows(plugin.descriptor, operation, run.found));
  if (fixture.diagnosis !== undefined) wrong.push(...wrongDiagnosis(fixture.diagnosis, plugin.classify(run.failure(operation))));
  return wrong;
}

/** One run, which a recording that does not fit ends before its time. */
export class Run {
  #plugin;
  #context;
  #expected;
  /** What is left of an answer that comes in chunks. */
  #pieces = [];
  #lastAnswer;
  #lastTransport;
  found = [];
  wrong = [];
  hasEnded = false;

  constructor(plugin, fixture) {
    this.#plugin = plugin;
    this.#context = contextOf(fixture.context);
    this.#expected = [...(fixture.exchange ?? [])];
  }

  get left() {
    return this.#expected.length;
  }

  /** Why the flow failed; undefined if it did not, or if the recording does not fit. */
  drive(operation) {
    let state = new Uint8Array();
    let event = { tag: "start", val: operation };
    for (let step = 0; step < MAX_STEPS && event !== undefined; step += 1) {
      const out = this.#plugin.step(this.#context, state, event);
      this.found.push(...out.found);
      ({ state } = out);
      this.hasEnded = out.next.tag === "done" || out.next.tag === "failed";
      if (this.hasEnded) return out.next.val;
      event = this.#eventAfter(out.next, state);
      if (step === MAX_STEPS - 1) this.wrong.push(`it is not done after ${MAX_STEPS} steps`);
    }
    return undefined;
  }

  #eventAfter(next, state) {
    switch (next.tag) {
      case "send":
        this.wrong.push(...wrongRequest(this.#plugin.descriptor, next.val), ...this.#wrongRestart(next, state));
        return this.#answer(next.val);
      case "receive":
        return this.#nextPiece();
      default:
        return this.#wait(next.val);
    }
  }

  /** After a restart, the host wakes the plugin with the stored state, and the same must be sent. */
  #wrongRestart(next, state) {
    const again = this.#plugin.step(this.#context, state, { tag: "woken" }).next;
    return differences("request after a restart", readable(next), readable(again));
  }

  #answer(request) {
    const exchanged = this.#expected.shift();
    if (exchanged === undefined) {
      this.wrong.push(`asked for something not recorded: ${request.method} ${request.url}`);
      return undefined;
    }
    this.wrong.push(...wrongParts(exchanged.request ?? {}, request));
    if (exchanged.unanswered !== undefined) {
      this.#lastAnswer = undefined;
      this.#lastTransport = transportOf(exchanged.unanswered);
      return { tag: "unanswered", val: this.#lastTransport };
    }
    if (exchanged.answer === undefined) {
      this.wrong.push(`expected a wait, found ${request.method} ${request.url}`);
      return undefined;
    }
    this.#pieces = piecesOf(exchanged.answer);
    return this.#nextPiece();
  }

  #nextPiece() {
    const piece = this.#pieces.shift();
    if (piece === undefined) {
      this.wrong.push("asked for a chunk after the last one");
      return undefined;
    }
    this.#lastTransport = undefined;
    this.#lastAnswer = piece;
    return { tag: "answered", val: piece };
  }

  #wait(ms) {
    const expected = this.#expected.shift()?.wait_ms;
    if (expected !== ms) {
      this.wrong.push(`wait_ms: expected ${shown(expected)}, found ${ms}`);
      return undefined;
    }
    this.#context = { ...this.#context, now: this.#context.now + ms };
    return { tag: "woken" };
  }

  /** The failure that the host would make of the last answer. */
  failure(operation) {
    const { now, authMethod, account } = this.#context;
    const { status, headers = [], body = new Uint8Array() } = this.#lastAnswer ?? {};
    const phase = operation.tag === "sync" ? "sync" : "probe";
    return { now, phase, authMethod, status, headers, body, transport: this.#lastTransport, dataset: operation.val?.dataset, account };
  }
}

function readable(next) {
  return next.tag === "send" ? { ...next.val, body: next.val.body && decode(next.val.body) } : next;
}

function wrongParts(wanted, request) {
  const [url, query] = request.url.split(/\?(.*)/s);
  const wrong = [];
  const compare = (what, expected, found) => {
    if (expected !== undefined && expected !== found) {
      wrong.push(`request ${what}: expected ${shown(expected)}, found ${shown(found)} in ${request.url}`);
    }
  };
  compare("method", wanted.method, request.method);
  compare("url", wanted.url, url);
  compare("credential", wanted.credential, request.credential);
  const parameters = new URLSearchParams(query ?? "");
  for (const [name, value] of Object.entries(wanted.query ?? {})) compare(name, scalar(value) ?? "", parameters.get(name) ?? undefined);
  for (const [name, value] of Object.entries(wanted.headers ?? {})) {
    compare(name, value, request.headers.find((header) => header.name.toLowerCase() === name.toLowerCase())?.value);
  }
  const body = decode(request.body ?? new Uint8Array());
  if (wanted.body !== undefined) wrong.push(...differences("request body", wanted.body, documentOf(body)));
  const form = new URLSearchParams(body);
  for (const [name, value] of Object.entries(wanted.form ?? {})) compare(`form ${name}`, value, form.get(name) ?? undefined);
  return wrong;
}

function documentOf(body) {
  try {
    return parse(body);
  } catch {
    return body;
  }
}
