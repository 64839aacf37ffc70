// How one page leads to the next. A page is part of the persisted state: null for the first one, or
// `{ token }`, `{ url }`, `{ number }` or `{ offset }`.

import { Unreadable } from "./items.js";
import { at, scalar } from "./json.js";
import { checkOptions, requirePointer } from "./options.js";
import { withBodyValue, withQuery } from "./request.js";

export const Pages = {
  /** The answer is complete: there is no next page. */
  one: () => new Paginator("Pages.one", {}, { next: () => null }),

  /** The answer holds the token of the next page at a JSON pointer. */
  token: (pointer, options) =>
    new Paginator("Pages.token", { query: "page_token", ...options }, {
      pointer,
      next: ({ document }) => wrap("token", tokenAt(document, pointer)),
    }),

  /** The answer holds the address of the next page at a JSON pointer. */
  nextUrl: (pointer, options) =>
    new Paginator("Pages.nextUrl", { ...options }, { pointer, next: ({ document }) => wrap("url", tokenAt(document, pointer)) }),

  /** Pages are numbered from `first`; a page of fewer than `size` items is the last one. */
  number: (first, size, options) =>
    new Paginator("Pages.number", { query: "page", ...options }, {
      next({ page, document, items }, total) {
        const number = page?.number ?? first;
        return hasMore(document, items.length, size, total, (number - first + 1) * size) ? { number: number + 1 } : null;
      },
    }),

  /** The next page starts at an offset; a page of fewer than `size` items is the last one. */
  offset: (size, options) =>
    new Paginator("Pages.offset", { query: "offset", ...options }, {
      next({ page, document, items }, total) {
        const seen = (page?.offset ?? 0) + items.length;
        return hasMore(document, items.length, size, total, seen) ? { offset: seen } : null;
      },
    }),

  /** The `Link` header names the next page (RFC 8288). */
  linkHeader: (options) =>
    new Paginator("Pages.linkHeader", { ...options }, { next: ({ answer }) => wrap("url", nextLink(answer.header("link") ?? "")) }),

  /** The next page begins behind the last item of this one, whose id lies at a JSON pointer in it. */
  lastItem: (pointer, options) =>
    new Paginator("Pages.lastItem", { query: "after", ...options }, { pointer, next: ({ items }) => (items.length === 0 ? null : { token: idOf(items.at(-1), pointer) }) }),
};

class Paginator {
  #options;
  #next;

  constructor(what, options, { pointer, next }) {
    checkOptions(what, options, ["query", "body", "onlyIf", "total"]);
    for (const place of [pointer, options.body, options.onlyIf, options.total]) requirePointer(what, place);
    this.#options = options;
    this.#next = next;
  }

  /** The request for a page, made of the request for the first one. */
  request(first, page) {
    if (page === null) return first;
    if (page.url !== undefined) return { ...first, url: page.url };
    const value = page.token ?? page.number ?? page.offset;
    const { query, body } = this.#options;
    return body === undefined ? { ...first, url: withQuery(first.url, query, value) } : withBodyValue(first, body, value);
  }

  /** The page after this one, or null; throws where pages run in a circle. */
  next(seen) {
    const { onlyIf, total } = this.#options;
    if (onlyIf !== undefined && !isTruthy(at(seen.document, onlyIf))) return null;
    const next = this.#next(seen, total);
    if (next !== null && isSame(next, seen.page)) throw new Unreadable("the next page is the same page again");
    return next;
  }
}

function wrap(name, value) {
  return value === undefined ? null : { [name]: value };
}

function isSame(next, page) {
  return page !== null && Object.entries(next).every(([name, value]) => page[name] === value);
}

/** An empty page is always the last one, so a wrong total cannot make it run for ever. */
function hasMore(document, count, size, totalPointer, seen) {
  const total = totalPointer === undefined ? undefined : at(document, totalPointer);
  return count > 0 && (Number.isInteger(total) && total >= 0 ? seen < total : count >= size);
}

function tokenAt(document, pointer) {
  const text = scalar(at(document, pointer));
  return text === "" || text === "false" ? undefined : text;
}

/** Pages must not end quietly where an item is not what was expected. */
function idOf(item, pointer) {
  const id = tokenAt(item, pointer);
  if (id === undefined) throw new Unreadable("the last item has no id to go on from");
  return id;
}

/** Whether there is something: an empty object is, an empty list is not. */
function isTruthy(value) {
  return Array.isArray(value) ? value.length > 0 : Boolean(value);
}

/** The target of `rel="next"`; addresses may contain commas, so the brackets delimit them. */
function nextLink(header) {
  for (const link of header.split("<").slice(1)) {
    const [url, parameters] = splitOnce(link, ">");
    if (parameters !== undefined && parameters.split(/[;,]/).some(isNext)) return url;
  }
  return undefined;
}

function isNext(parameter) {
  const [name, value = ""] = splitOnce(parameter, "=");
  const relations = value.trim().replace(/^"+|"+$/g, "").split(" ");
  return name.trim().toLowerCase() === "rel" && relations.some((relation) => relation.toLowerCase() === "next");
}

function splitOnce(text, separator) {
  const place = text.indexOf(separator);
  return place < 0 ? [text, undefined] : [text.slice(0, place), text.slice(place + separator.length)];
}
