// One column of a table: where it lies in an item, and what kind of value it holds. Providers write
// numbers as texts, ids as numbers and days in five ways; a column makes one form of them. What does
// not fit becomes null.

import { follow, pathOf, scalar } from "./json.js";
import { checkOptions, requirePointer } from "./options.js";
import { dayOf, formatMoment, isDay, momentOfMs, parseMoment } from "./time.js";

const WHOLE = /^[+-]?[0-9]+$/;
const EIGHT_DIGITS = /^[0-9]{8}$/;
const DECIMAL = /^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/;
const [SMALLEST, LARGEST] = [-(2n ** 63n), 2n ** 63n - 1n];
/** Numbers from here on cannot be seconds; they are milliseconds. */
const FIRST_UNIX_MS = 100_000_000_000;

const KINDS = {
  text: { schema: { type: "string" }, read: (value) => scalar(value) },
  integer: { schema: { type: "integer" }, read: integer },
  number: { schema: { type: "number" }, read: (value, times) => finite(number(value) * times) },
  boolean: { schema: { type: "boolean" }, read: truth },
  day: { schema: { type: "string", format: "date" }, read: day },
  time: { schema: { type: "string", format: "date-time" }, read: time },
  json: { schema: {}, read: (value) => value },
};

function column(kind, pointer, options = {}) {
  checkOptions(`Column.${kind}`, options, ["key", "times"]);
  requirePointer(`Column.${kind}`, pointer);
  return { kind, path: pathOf(pointer), read: KINDS[kind].read, key: options.key === true, times: options.times ?? 1 };
}

export const Column = Object.fromEntries(
  Object.keys(KINDS).map((kind) => [kind, (pointer, options) => column(kind, pointer, options)]),
);

/** The column's value in an item; null if there is none that fits. */
export function readColumn({ path, read, times }, item) {
  const value = follow(item, path);
  return value === undefined || value === null ? null : (read(value, times) ?? null);
}

/** The column's JSON Schema. */
export function columnSchema({ kind, key }) {
  const { type, ...rest } = KINDS[kind].schema;
  return type === undefined ? {} : { type: key ? type : [type, "null"], ...rest };
}

/** Whole numbers keep all their digits; a float is rounded. */
function integer(value, times) {
  if (times === 1 && Number.isSafeInteger(value)) return value;
  const text = scalar(value)?.trim() ?? "";
  if (times === 1 && WHOLE.test(text)) {
    const exact = BigInt(text.replace("+", ""));
    if (exact >= SMALLEST && exact <= LARGEST) return narrow(exact);
  }
  const scaled = number(value) * times;
  if (!Number.isFinite(scaled)) return undefined;
  const rounded = Math.sign(scaled) * Math.round(Math.abs(scaled));
  return Number.isSafeInteger(rounded) ? rounded + 0 : narrow(clamp(BigInt(rounded)));
}

function narrow(exact) {
  const value = Number(exact);
  return Number.isSafeInteger(value) ? value : exact;
}

function clamp(exact) {
  if (exact < SMALLEST) return SMALLEST;
  return exact > LARGEST ? LARGEST : exact;
}

/** The value as a number; NaN if it is none. */
function number(value) {
  if (typeof value === "number") return value;
  const text = (scalar(value) ?? "").trim().replace(/%+$/, "").replaceAll(",", "");
  return DECIMAL.test(text) ? Number(text) : NaN;
}

function finite(value) {
  return Number.isFinite(value) ? value : undefined;
}

function truth(value) {
  const text = scalar(value)?.toLowerCase();
  if (["true", "1", "yes"].includes(text)) return true;
  return ["false", "0", "no"].includes(text) ? false : undefined;
}

function day(value) {
  const text = scalar(value)?.trim() ?? "";
  // The day as the provider writes it, in the account's own time zone.
  const start = text.slice(0, 10);
  if (isDay(start)) return start;
  if (!EIGHT_DIGITS.test(text)) return dayOf(unixMs(text));
  const dashed = `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
  return isDay(dashed) ? dashed : undefined;
}

function time(value) {
  const text = scalar(value)?.trim() ?? "";
  const ms = unixMs(text);
  const moment = ms === undefined ? parseMoment(text) : momentOfMs(ms);
  return moment && formatMoment(moment);
}

/** Seconds or, where the number is too large for that, milliseconds since 1970. */
function unixMs(text) {
  if (!WHOLE.test(text)) return undefined;
  const value = Number(text);
  return Math.abs(value) >= FIRST_UNIX_MS ? value : value * 1000;
}
