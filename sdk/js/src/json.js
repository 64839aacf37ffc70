// JSON as providers write it. Whole numbers that a JavaScript number cannot hold become `bigint`, so
// that no id loses its last digits on the way from an answer to a request or a row.

const INDEX = /^(?:0|[1-9][0-9]*)$/;
const DIGITS_THAT_MAY_NOT_FIT = /[0-9]{16,}/g;
/** What stands before and after a whole number. */
const [BEFORE, AFTER] = [":,[ \n\r\t-", ",]} \n\r\t"];
const [SMALLEST, LARGEST] = [-(2n ** 63n), 2n ** 64n - 1n];
/** A text that begins with this character stands for a number, or, before this word, for itself. */
const [MARK, TEXT] = ["\0", "text"];

/** Reads a document; throws a SyntaxError if it is none. */
export function parse(text) {
  const marked = withMarks(text);
  return marked === text ? JSON.parse(text) : JSON.parse(marked, unmark);
}

/**
 * The text with every long number in quotes and marked. What is text already is left alone without a
 * look at most of it: the engine in the sandbox is quick at searching, and slow at everything else.
 */
function withMarks(text) {
  const parts = [];
  let taken = 0;
  let quote = text.indexOf('"');
  for (const { 0: digits, index } of text.matchAll(DIGITS_THAT_MAY_NOT_FIT)) {
    const end = index + digits.length;
    if (!BEFORE.includes(text[index - 1] ?? "[") || !AFTER.includes(text[end] ?? "]")) continue;
    while (quote >= 0 && quote < index) {
      const close = endOfText(text, quote);
      if (close > index) break;
      quote = text.indexOf('"', close + 1);
    }
    const start = text[index - 1] === "-" ? index - 1 : index;
    if ((quote >= 0 && quote < index) || !isLong(text.slice(start, end))) continue;
    parts.push(escapeMarks(text.slice(taken, start)), `"\\u0000${text.slice(start, end)}"`);
    taken = end;
  }
  return taken === 0 ? text : parts.join("") + escapeMarks(text.slice(taken));
}

/** Where the text that begins with this quote ends; behind all else if it does not end. */
function endOfText(text, open) {
  for (let close = text.indexOf('"', open + 1); close >= 0; close = text.indexOf('"', close + 1)) {
    let start = close;
    while (text[start - 1] === "\\") start -= 1;
    if ((close - start) % 2 === 0) return close;
  }
  return text.length;
}

/** Texts that begin with a mark of their own; a quote within a text has a backslash before it. */
function escapeMarks(text) {
  return text.replace(/(?<!\\)"\\u0000/g, `"\\u0000${TEXT}`);
}

function isLong(digits) {
  if (!INDEX.test(digits.replace("-", "")) || Number.isSafeInteger(Number(digits))) return false;
  const value = BigInt(digits);
  return value >= SMALLEST && value <= LARGEST;
}

function unmark(_name, value) {
  if (typeof value !== "string" || value[0] !== MARK) return value;
  return value.startsWith(TEXT, 1) ? MARK + value.slice(1 + TEXT.length) : BigInt(value.slice(1));
}

/** Writes a document; a `bigint` is written as the number that it is. */
export function stringify(value) {
  try {
    return JSON.stringify(value) ?? "null";
  } catch {
    return stringifyExactly(value);
  }
}

/** `JSON.stringify` refuses every `bigint`. */
function stringifyExactly(value) {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(stringifyExactly).join(",")}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? "null";
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${stringifyExactly(member)}`).join(",")}}`;
}

export function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value at a JSON pointer (RFC 6901), or undefined. */
export function at(document, pointer) {
  return follow(document, pathOf(pointer));
}

/** The names on the way that a JSON pointer describes; undefined if it is none. */
export function pathOf(pointer) {
  if (pointer === "") return [];
  if (pointer[0] !== "/") return undefined;
  const names = pointer.slice(1).split("/");
  return pointer.includes("~") ? names.map((name) => name.replaceAll("~1", "/").replaceAll("~0", "~")) : names;
}

/** Runs for every value of every row, and an interpreter walks a loop by index twice as fast. */
export function follow(document, path) {
  if (path === undefined) return undefined;
  let place = document;
  for (let index = 0; index < path.length; index += 1) {
    const name = path[index];
    if (typeof place !== "object" || place === null || !Object.hasOwn(place, name)) return undefined;
    // An array has a length of its own, and no other member that is no index.
    if (name === "length" && Array.isArray(place)) return undefined;
    place = place[name];
  }
  return place;
}

/** Sets the value at a JSON pointer, making objects on the way where there are none. */
export function set(document, pointer, value) {
  const names = pointer.split("/").slice(1);
  if (names.length === 0) return value;
  const root = isObject(document) ? document : {};
  let place = root;
  for (const name of names.slice(0, -1)) {
    if (!isObject(place[name])) place[name] = {};
    place = place[name];
  }
  place[names.at(-1)] = value;
  return root;
}

/** Texts, numbers and truth values as text: providers write the same code as `190` and `"190"`. */
export function scalar(value) {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
    case "bigint":
    case "boolean":
      return String(value);
    default:
      return undefined;
  }
}

/** The text, number or truth value at a JSON pointer as text, or undefined. */
export function textAt(document, pointer) {
  return scalar(at(document, pointer));
}
