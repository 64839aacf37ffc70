// Days and moments, read without a clock and without the engine's own guesses about dates.

const DAY = /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/;
const MOMENT =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}):?([0-9]{2})(?::?([0-9]{2})(?:[.,]([0-9]{1,9}))?)?(?:[Zz]|([+-])([0-9]{2})(?::?([0-9]{2}))?)$/;
const MAIL_DATE =
  /^(?:[A-Za-z]{3},\s*)?([0-9]{1,2}) ([A-Za-z]{3}) ([0-9]{4}) ([0-9]{2}):([0-9]{2})(?::([0-9]{2}))? (?:GMT|UTC?|Z|([+-])([0-9]{2})([0-9]{2}))$/;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const DAYS_IN_MONTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export const DAY_MS = 86_400_000;
/** The first and the last moment that has a year of four digits. */
const [FIRST_MS, LAST_MS] = [-62_167_219_200_000, 253_402_300_799_999];

/** A day that exists, written `2024-05-01`. */
export function isDay(text) {
  return DAY.test(text) && Number(text.slice(8)) <= daysIn(Number(text.slice(0, 4)), Number(text.slice(5, 7))) && text.slice(8) !== "00";
}

function daysIn(year, month) {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS_IN_MONTHS[month - 1] ?? 0);
}

/** The start of a day in unix milliseconds, or undefined if there is no such day. */
export function startOfDay(text) {
  if (!isDay(text)) return undefined;
  const date = new Date(0);
  return date.setUTCFullYear(Number(text.slice(0, 4)), Number(text.slice(5, 7)) - 1, Number(text.slice(8)));
}

/** The day of a moment in UTC, or undefined if its year has not four digits. */
export function dayOf(ms) {
  return isWritable(ms) ? new Date(ms).toISOString().slice(0, 10) : undefined;
}

/** A moment in RFC 3339, with as many digits of its fraction as it needs. */
export function formatMoment({ ms, fraction = "" }) {
  if (!isWritable(ms)) return undefined;
  const digits = fraction.replace(/0+$/, "");
  return `${new Date(ms).toISOString().slice(0, 19)}${digits && `.${digits}`}Z`;
}

function isWritable(ms) {
  return ms >= FIRST_MS && ms <= LAST_MS;
}

/** A moment in unix milliseconds as `formatMoment` takes it. */
export function momentOfMs(ms) {
  const seconds = Math.floor(ms / 1000) * 1000;
  return { ms: seconds, fraction: String(ms - seconds).padStart(3, "0") };
}

/** Reads RFC 3339 and what providers take for it: whole seconds, and the digits behind them. */
export function parseMoment(text) {
  const [, day, hour, minute, second = "0", fraction, sign, offsetHour = "0", offsetMinute = "0"] = MOMENT.exec(text) ?? [];
  const start = day === undefined ? undefined : startOfDay(day);
  if (start === undefined) return undefined;
  const ms = momentMs(start, hour, minute, second, sign, offsetHour, offsetMinute);
  return ms === undefined ? undefined : { ms, fraction };
}

/** Reads a date as RFC 9110 (and RFC 5322) write it, in unix milliseconds. */
export function parseMailDate(text) {
  const [, day, month, year, hour, minute, second = "0", sign, offsetHour = "0", offsetMinute = "0"] = MAIL_DATE.exec(text) ?? [];
  if (day === undefined) return undefined;
  const start = startOfDay(`${year}-${twoDigits(MONTHS.indexOf(month.toLowerCase()) + 1)}-${twoDigits(day)}`);
  return start === undefined ? undefined : momentMs(start, hour, minute, second, sign, offsetHour, offsetMinute);
}

function twoDigits(number) {
  return String(number).padStart(2, "0");
}

function momentMs(start, hour, minute, second, sign, offsetHour, offsetMinute) {
  const isReal = Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60 && Number(offsetHour) < 26 && Number(offsetMinute) < 60;
  if (!isReal) return undefined;
  const ofDay = Number(hour) * 3600 + Number(minute) * 60 + Math.min(Number(second), 59);
  const offset = (Number(offsetHour) * 60 + Number(offsetMinute)) * (sign === "-" ? -60 : 60);
  return start + (ofDay - offset) * 1000;
}

/** The day after (or, negative, before) a day; undefined if it is no day. */
export function dayPlus(day, days) {
  const start = startOfDay(day);
  return start === undefined ? undefined : dayOf(start + days * DAY_MS);
}

/** Every day from the first to the last, both included; none if a border is no day. */
export function eachDay({ since, until }) {
  const [first, last] = [startOfDay(since), startOfDay(until)];
  if (first === undefined || last === undefined) return [];
  const days = [];
  for (let day = first; day <= last; day += DAY_MS) days.push(dayOf(day));
  return days;
}
