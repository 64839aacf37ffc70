// JSON as providers write it. Whole numbers that a JavaScript number cannot hold become `bigint`, so
// that no id loses its last digits on the way from an answer to a request or a row.

const DIGITS_THAT_MAY_NOT_FIT = /[0-9]{16}/;
/** A text, which is a key if a colon follows, or a number. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|-?[0-9][0-9.eE+-]*/g;
const WHOLE_NUMBER = /^-?(?:0|[1-9][0-9]*)$/;
const [SMALLEST, LARGEST] = [-(2n ** 63n), 2n ** 64n - 1n];
/** No JSON text holds this character but as an escape, so marked texts cannot be mistaken. */
const MARK = "\\u0000";

/** Reads a document; throws a SyntaxError if it is none. */
export function parse(text) {
  if (!DIGITS_THAT_MAY_NOT_FIT.test(text)) return JSON.parse(text);
  return JSON.parse(text.replace(TOKEN, mark), unmark);
}

function mark(token, colon) {
  if (colon !== undefined) return token;
  if (token.startsWith(`"${MARK}`)) return `"${MARK}text${token.slice(1 + MARK.length)}`;
  return isLong(token) ? `"${MARK}${token}"` : token;
}

function isLong(token) {
  if (!WHOLE_NUMBER.test(token) || Number.isSafeInteger(Number(token))) return false;
  const value = BigInt(token);
  return value >= SMALLEST && value <= LARGEST;
}

function unmark(_name, value) {
  if (typeof value !== "string" || value[0] !== "\0") return value;
  return value.startsWith("\0text") ? `\0${value.slice(5)}` : BigInt(value.slice(1));
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
  if (pointer === "") return document;
  if (pointer[0] !== "/") return undefined;
  let place = document;
  for (const part of pointer.slice(1).split("/")) {
    const name = part.includes("~") ? part.replaceAll("~1", "/").replaceAll("~0", "~") : part;
    if (Array.isArray(place)) place = WHOLE_NUMBER.test(name) ? place[Number(name)] : undefined;
    else if (isObject(place) && Object.hasOwn(place, name)) place = place[name];
    else return undefined;
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
