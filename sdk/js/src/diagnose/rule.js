// One line of an error table: conditions that must all hold, and what they mean. Remedy and actor
// follow from the reason, and the actor from the remedy, so most rules set neither.

import { at, scalar } from "../json.js";
import { ACTORS, BLASTS, GRANTS, PHASES, REASONS, REMEDIES, UNITS } from "../names.js";
import { checkOptions, requireOneOf, requirePointer } from "../options.js";
import { parseWait } from "../retry-after.js";
import { DAY_MS } from "../time.js";
import { quote } from "./text.js";
import { verdict } from "./verdict.js";

const DAY_S = 86_400;
const CODE = /^[a-z0-9][a-z0-9._-]*$/;

/** What each condition asks of a failure. Each question has an answer for any bytes. */
const CONDITIONS = {
  phases: (phases) => (failure) => list(phases).includes(failure.phase),
  api: () => ({ phase }) => phase === "probe" || phase === "sync",
  tokenEndpoint: () => ({ phase }) => phase === "exchange" || phase === "refresh",
  status: (status) => (failure) => failure.status === status,
  statuses: ([first, last]) => ({ status }) => status >= first && status <= last,
  json: (wanted) => every(wanted, (pointer, values) => {
    const codes = lowerCase(values);
    return (failure) => codes.includes(scalar(at(failure.json(), pointer))?.toLowerCase());
  }),
  jsonContains: (wanted) => every(wanted, (pointer, part) => {
    const wantedPart = part.toLowerCase();
    return (failure) => scalar(at(failure.json(), pointer))?.toLowerCase().includes(wantedPart) ?? false;
  }),
  jsonPresent: (pointers) => (failure) => list(pointers).every((pointer) => (at(failure.json(), pointer) ?? null) !== null),
  contains(parts) {
    const wanted = lowerCase(parts);
    return (failure) => wanted.some((part) => failure.lowerCaseText().includes(part));
  },
  header: (wanted) => every(wanted, (name, part) => {
    const wantedPart = part.toLowerCase();
    return (failure) => failure.header(name)?.toLowerCase().includes(wantedPart) ?? false;
  }),
  redirect: (wanted) => every(wanted, (name, values) => (failure) => {
    const found = failure.redirectParam(name);
    return found !== undefined && (values.length === 0 || list(values).includes(found));
  }),
  grant: (wanted) => (_failure, grant) => grant === wanted,
  tokenYoungerThanS: (seconds) => ({ facts }) => facts.tokenAgeS < seconds,
  tokenOlderThanDays: (days) => ({ facts }) => facts.tokenAgeS > days * DAY_S,
  emptyBody: () => (failure) => failure.text().trim() === "",
  when: (holds) => (failure) => holds(failure) === true,
};

/** Where a rule finds out how long to wait. A wait in the usual headers beats a constant. */
const WAITS = {
  retryAfterS: (seconds) => (failure) => failure.retryAfterMs() ?? seconds * 1000,
  retryAfterHeader: ({ name, unit }) => (failure) => parseWait(failure.header(name), unit, failure.now),
  retryAfterJson: ({ pointer, unit }) => (failure) => parseWait(scalar(at(failure.json(), pointer)), unit, failure.now),
  retryAtUtcMidnight: () => (failure) => failure.retryAfterMs() ?? DAY_MS - (failure.now % DAY_MS),
};

const MEANINGS = ["cause", "doubtful", "blast", "remedy", "actor", "message", "quoting", "help", "onWebPages"];
const OPTIONS = [...Object.keys(CONDITIONS), ...MEANINGS, ...Object.keys(WAITS)];

/** Makes a rule: `code` is stable, specific and lower case, and is prefixed with the plugin's id. */
export function rule(code, reason, options = {}) {
  const what = `rule "${code}"`;
  if (!CODE.test(code)) throw new TypeError(`${what}: a code has lower-case letters, digits, "." and "-"`);
  checkOptions(what, options, OPTIONS);
  requireOneOf(`${what}: reason`, reason, REASONS);
  requireOneOf(`${what}: remedy`, options.remedy, REMEDIES);
  requireOneOf(`${what}: actor`, options.actor, ACTORS);
  requireOneOf(`${what}: blast`, options.blast, BLASTS);
  requireOneOf(`${what}: grant`, options.grant, GRANTS);
  for (const phase of list(options.phases ?? [])) requireOneOf(`${what}: phases`, phase, PHASES);
  for (const { unit } of [options.retryAfterHeader ?? {}, options.retryAfterJson ?? {}]) requireOneOf(`${what}: unit`, unit, UNITS);
  for (const pointer of pointersOf(options)) requirePointer(what, pointer);
  return new Rule(code, reason, options);
}

function pointersOf({ json = {}, jsonContains = {}, jsonPresent = [], quoting, retryAfterJson }) {
  return [...Object.keys(json), ...Object.keys(jsonContains), ...list(jsonPresent), quoting, retryAfterJson?.pointer];
}

class Rule {
  #conditions;
  #wait;
  #verdict;
  #options;

  constructor(code, reason, options) {
    this.code = code;
    this.reason = reason;
    this.#options = options;
    this.#conditions = chosen(CONDITIONS, options);
    [this.#wait] = chosen(WAITS, options);
    const { cause, blast, remedy, actor, message, help: helpUrl } = options;
    const certainty = options.doubtful ? { certainty: "doubtful" } : {};
    this.#verdict = verdict(reason, code, { cause, blast, remedy, actor, message, helpUrl, ...certainty });
  }

  matches(failure, grant) {
    // A web page was made by something in front of the API, and may say "forbidden" too.
    if (this.#options.onWebPages !== true && failure.isHtml()) return false;
    return this.#conditions.every((holds) => holds(failure, grant));
  }

  verdict(failure) {
    const { message, quoting } = this.#options;
    const words = quoting === undefined ? undefined : at(failure.json(), quoting);
    const isQuoted = message !== undefined && typeof words === "string";
    return { ...this.#verdict, message: isQuoted ? quote(message, words) : message, retryAfterMs: this.#wait?.(failure) };
  }
}

function chosen(kinds, options) {
  const names = Object.keys(kinds).filter((name) => options[name] !== undefined && options[name] !== false);
  return names.map((name) => kinds[name](options[name]));
}

function every(wanted, condition) {
  const conditions = Object.entries(wanted).map(([key, value]) => condition(key, value));
  return (failure) => conditions.every((holds) => holds(failure));
}

function list(value) {
  return Array.isArray(value) ? value : [value];
}

function lowerCase(values) {
  return list(values).map((value) => String(value).toLowerCase());
}
