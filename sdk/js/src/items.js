// From the bytes of an answer to items. Every reader throws `Unreadable`, with words for the log.

import { decode, decodeStrictly } from "./bytes.js";
import { parseCsv } from "./csv.js";
import { at, isObject, parse } from "./json.js";
import { checkOptions, requirePointer } from "./options.js";

/** An answer that is not what the provider promised. */
export class Unreadable extends Error {}

export const Items = {
  /** The JSON array at this pointer; `""` is the document itself. */
  at: (pointer = "") => new List(requirePointer("Items.at", pointer)),
  /** One JSON object per line. */
  lines: () => new Lines(),
  /** Lines of a table with a header; each item is an object of texts. */
  csv(delimiter = ",", options = {}) {
    checkOptions("Items.csv", options, ["skippingLines"]);
    if (delimiter.length !== 1 || delimiter > "\x7f") throw new TypeError("Items.csv: the delimiter is no ASCII character");
    return new Csv(delimiter, options.skippingLines ?? 0);
  },
};

export function parseBody(body) {
  try {
    return parse(decodeStrictly(body));
  } catch (error) {
    throw new Unreadable(`the answer is no JSON: ${error.message}`);
  }
}

/** Items that are part of one JSON document, in which the next page may be named too. */
class List {
  constructor(pointer) {
    this.pointer = pointer;
    this.framing = { tag: "json-items", val: pointer };
  }

  decode(body) {
    const document = parseBody(body);
    const found = at(document, this.pointer);
    if (Array.isArray(found)) return { document, items: found };
    return { document, items: isObject(found) ? [found] : [] };
  }

  decodeChunk(body) {
    const items = parseBody(body);
    if (!Array.isArray(items)) throw new Unreadable("the answer has no list where one was expected");
    return { items };
  }
}

class Lines {
  framing = { tag: "lines" };

  decode(body) {
    const lines = decode(body).split("\n").filter((line) => line.trim() !== "");
    return { items: lines.map(parseLine) };
  }

  decodeChunk(body) {
    return this.decode(body);
  }
}

function parseLine(line) {
  try {
    return parse(line);
  } catch (error) {
    throw new Unreadable(`the answer is no JSON: ${error.message}`);
  }
}

class Csv {
  constructor(delimiter, skipLines) {
    this.delimiter = delimiter;
    this.skipLines = skipLines;
    this.framing = { tag: "csv", val: { delimiter, header: true, skipLines } };
  }

  decode(body) {
    return this.#read(afterLines(decode(body), this.skipLines), undefined);
  }

  /** The header is remembered from the first chunk on, so later ones may or may not repeat it. */
  decodeChunk(body, header) {
    return this.#read(decode(body), header);
  }

  #read(text, known) {
    const records = parseCsv(text.replace(/^\ufeff/, ""), this.delimiter);
    const header = known ?? records.shift();
    const isHeader = (cells) => cells.length === header.length && cells.every((cell, index) => cell === header[index]);
    const rows = records.filter((cells) => !isHeader(cells));
    const item = (cells) => Object.fromEntries(cells.slice(0, header.length).map((cell, index) => [header[index], cell]));
    return { items: rows.map(item), header };
  }
}

function afterLines(text, lines) {
  let start = 0;
  for (let line = 0; line < lines; line += 1) {
    const end = text.indexOf("\n", start);
    if (end < 0) return "";
    start = end + 1;
  }
  return text.slice(start);
}
