// How long to wait, in all the forms in which providers say it.

import { parseMailDate, parseMoment } from "./time.js";

/**
 * Headers that carry the reset of a limit, the most authoritative first. Some providers send them with
 * every answer, so they say to wait only where the limit is what failed.
 */
const RESETS = [
  "x-rate-limit-reset",
  "x-ratelimit-reset",
  "x-ratelimit-reset-after",
  "ratelimit-reset",
  "x-rate-limit-time-reset-ms",
  "x-ratelimit-reset-ms",
];
const REMAINING = ["x-rate-limit-remaining", "x-ratelimit-remaining", "ratelimit-remaining"];
const NUMBER = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const MS_PER = { milliseconds: 1, seconds: 1000, minutes: 60_000 };
/** Numbers from here on cannot be a number of seconds to wait; they are moments. */
const [FIRST_UNIX_SECOND, FIRST_UNIX_MS] = [1e9, 1e12];

/** Finds a wait in the headers of an answer, in milliseconds from `now`. */
export function waitFromHeaders(answer) {
  const asked = parseWait(answer.header("retry-after"), "seconds", answer.now);
  if (asked !== undefined || !isLimited(answer)) return asked;
  for (const name of RESETS) {
    const wait = parseWait(answer.header(name), name.endsWith("-ms") ? "milliseconds" : "seconds", answer.now);
    if (wait !== undefined) return wait;
  }
  return undefined;
}

/** Some providers answer a used-up limit with 403 instead of 429 (RFC 6585). */
function isLimited(answer) {
  return answer.status === 403 || answer.status === 429 || REMAINING.some((name) => answer.header(name)?.trim() === "0");
}

/** Reads one value: a number, a number with a unit letter, or a date. */
export function parseWait(value, unit, now) {
  if (value === undefined) return undefined;
  const text = value.trim();
  const [, digits, suffix] = /^(.*?)(ms|s|)$/s.exec(text);
  const number = NUMBER.test(digits.trim()) ? Number(digits) : NaN;
  if (!Number.isNaN(number)) {
    return Number.isFinite(number) && number >= 0 ? waitOfNumber(number, { ms: "milliseconds", s: "seconds" }[suffix] ?? unit, now) : undefined;
  }
  const moment = parseMoment(text);
  const ms = moment === undefined ? parseMailDate(text) : moment.ms + Number((moment.fraction ?? "").padEnd(3, "0").slice(0, 3));
  return ms === undefined || ms < 0 ? undefined : Math.max(0, ms - now);
}

function waitOfNumber(number, unit, now) {
  if (number >= FIRST_UNIX_MS) return Math.max(0, Math.trunc(number) - now);
  if (number >= FIRST_UNIX_SECOND) return Math.max(0, Math.trunc(number * 1000) - now);
  return Math.round(number * MS_PER[unit]);
}
