// Building requests. A request is a plain object of the contract; every function gives back a new one.

import { decodeStrictly, encode } from "./bytes.js";
import { parse, set, stringify } from "./json.js";
import { checkOptions } from "./options.js";

/** The name of the credential use that a request takes unless it says otherwise. */
export const DEFAULT_CREDENTIAL = "default";
/** The largest body that is taken whole unless the request says otherwise. */
const DEFAULT_MAX_BYTES = 4 * 1024 * 1024;
const OPTIONS = ["query", "headers", "json", "form", "body", "contentType", "credential", "maxBytes", "timeoutMs", "repeatable"];

/** A GET request. */
export function get(url, options) {
  return request("GET", url, true, options);
}

/** A POST request, which the host does not send twice unless it is `repeatable`. */
export function post(url, options) {
  return request("POST", url, false, options);
}

function request(method, url, isIdempotent, options = {}) {
  checkOptions(`the request ${method} ${url}`, options, OPTIONS);
  const { query = {}, headers = {}, credential = DEFAULT_CREDENTIAL, maxBytes = DEFAULT_MAX_BYTES, timeoutMs, repeatable } = options;
  const plain = {
    method,
    url: Object.entries(query).reduce((address, [name, value]) => withQuery(address, name, value), url),
    headers: fields(headers),
    body: undefined,
    credential: credential ?? undefined,
    deliver: { tag: "whole", val: maxBytes },
    timeoutMs,
    idempotent: repeatable ?? isIdempotent,
  };
  return withOptionalBody(plain, options);
}

function withOptionalBody(plain, { json, form, body, contentType }) {
  if (json !== undefined) return withBody(plain, "application/json", encode(stringify(json)));
  if (form !== undefined) return withBody(plain, "application/x-www-form-urlencoded", encode(new URLSearchParams(Object.entries(form)).toString()));
  if (body === undefined) return plain;
  return withBody(plain, contentType ?? "application/octet-stream", typeof body === "string" ? encode(body) : body);
}

function withBody(plain, contentType, body) {
  const headers = plain.headers.filter(({ name }) => name.toLowerCase() !== "content-type");
  return { ...plain, body, headers: [...headers, { name: "content-type", value: contentType }] };
}

/** The address with a parameter in place of one of the same name. */
export function withQuery(url, name, value) {
  const mark = url.indexOf("?");
  const query = new URLSearchParams(mark < 0 ? "" : url.slice(mark));
  query.delete(name);
  query.append(name, String(value));
  return `${mark < 0 ? url : url.slice(0, mark)}?${query}`;
}

/** The request with a value inside the JSON document that it sends. */
export function withBodyValue(plain, pointer, value) {
  let document = {};
  try {
    document = parse(decodeStrictly(plain.body));
  } catch {
    // A request without a JSON body gets one that holds only the value.
  }
  return withBody(plain, "application/json", encode(stringify(set(document, pointer, value))));
}

export function fields(pairs = {}) {
  return Object.entries(pairs).map(([name, value]) => ({ name, value: String(value) }));
}
