// One request, its further pages, and what is made of the items.

import { log, traced } from "../log.js";
import { Items, Unreadable } from "../items.js";
import { isObject, scalar, stringify } from "../json.js";
import { checkOptions } from "../options.js";
import { Pages } from "../pages.js";
import { failed, FINISHED, foreign, send } from "./turn.js";

const START = { page: null };

export const Fetch = {
  /** A request of which only the success counts. */
  probe: (request) => new FetchFlow(request, Items.at(""), undefined),

  /** Rows of a dataset. */
  rows(table, request, items, options = {}) {
    checkOptions(`Fetch.rows of "${table.name}"`, options, ["pages", "expand", "with", "inChunks"]);
    return new FetchFlow(request, items, (found) => rows(table, found), options);
  },

  /** Who authorized, read from the JSON document of the answer. */
  identity: (request, read) => new FetchFlow(request, Items.at(""), (items) => identity(items, read)),

  /** The accounts that the authorization can see, one per item. */
  accounts(request, items, read, options = {}) {
    checkOptions("Fetch.accounts", options, ["pages", "expand", "with"]);
    return new FetchFlow(request, items, (found) => findings(found, read, accounted, "account"), options);
  },
};

/** Values of items, for a list of which each part has a flow of its own. */
export function fetchValues(request, items, keep, pages) {
  return new FetchFlow(request, items, (found) => found.map(keep).filter(isThere), { pages });
}

class FetchFlow {
  #request;
  #items;
  #harvest;
  #pages;
  #options;

  constructor(request, items, harvest, options = {}) {
    const isChunked = options.inChunks !== undefined;
    this.#items = items;
    this.#harvest = harvest;
    this.#options = options;
    // An answer that comes in chunks has no further pages.
    this.#pages = (isChunked ? undefined : options.pages) ?? Pages.one();
    const deliver = { tag: "chunks", val: { framing: items.framing, maxBytes: options.inChunks } };
    this.#request = isChunked ? { ...request, deliver } : request;
  }

  start() {
    return this.#send(START);
  }

  /** The turn of `found` holds what was made of the items; for values these are the values. */
  goOn(_context, position, happened) {
    if (position?.page === undefined) return foreign();
    // The answer of which some chunks were taken is read again from its start: rows have keys, so
    // taking them twice does no harm.
    if (happened.answer === undefined) return this.#send({ page: position.page });
    try {
      return this.#take(position, happened.answer);
    } catch (error) {
      if (error instanceof Unreadable) return failed(error.message);
      log.error(`the plugin cannot read the answer: ${traced(error)}`);
      return failed(`the plugin cannot read the answer: ${error.message}`);
    }
  }

  #send(position) {
    return send(position, this.#pages.request(this.#request, position.page));
  }

  #take(position, answer) {
    if (this.#options.inChunks !== undefined) return this.#takeChunk(position, answer);
    const { document, items } = this.#read(answer);
    const found = this.#harvest?.(this.#expanded(items)) ?? [];
    const page = this.#pages.next({ page: position.page, answer, document, items });
    return { found, then: page === null ? FINISHED : this.#send({ page }).then };
  }

  #takeChunk(position, answer) {
    const isEmpty = answer.body.length === 0;
    const { items, header } = isEmpty ? { items: [], header: position.header } : this.#items.decodeChunk(answer.body, position.header);
    const found = this.#harvest(this.#expanded(items));
    return { found, then: answer.more ? { position: { ...position, header }, next: { tag: "receive" } } : FINISHED };
  }

  /** The document, for the paginator, and its items. An empty answer has none of either. */
  #read(answer) {
    const isRead = answer.body.length > 0 && this.#harvest !== undefined;
    return isRead ? this.#items.decode(answer.body) : { items: [] };
  }

  #expanded(items) {
    const { expand, with: members } = this.#options;
    const expanded = expand === undefined ? items : items.flatMap((item) => expand(item) ?? []);
    return members === undefined ? expanded : expanded.map((item) => (isObject(item) ? { ...item, ...members } : item));
  }
}

function rows(table, items) {
  const lines = items.map((item) => table.row(item)).filter(isThere).map(stringify);
  const leftOut = items.length - lines.length;
  if (leftOut > 0) log.warn(`${leftOut} items of ${table.name} have no key and were left out`);
  return lines.length === 0 ? [] : [{ tag: "rows", val: { dataset: table.name, rows: `${lines.join("\n")}\n` } }];
}

function identity(items, read) {
  const [first] = findings(items, read, identified, "identity");
  if (first === undefined) throw new Unreadable("the answer does not say who authorized");
  return [first];
}

function findings(items, read, tidy, tag) {
  return items.map(read).filter(isThere).map(tidy).filter(isThere).map((val) => ({ tag, val }));
}

/** Providers write ids as numbers too; nobody is found without one, and an id is a label at need. */
function identified({ subject: id, label }) {
  const subject = scalar(id);
  return subject ? { subject, label: scalar(label) ?? subject } : undefined;
}

function accounted({ id: number, label, kind, parent }) {
  const id = scalar(number);
  return id ? { id, label: scalar(label) ?? id, kind: scalar(kind), parent: scalar(parent) } : undefined;
}

function isThere(value) {
  return value !== undefined && value !== null;
}
