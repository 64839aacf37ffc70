// Reading what came back. Nothing here trusts the bytes: each method has an answer to any input.

import { decode, decodeStrictly } from "./bytes.js";
import { isObject, parse, scalar } from "./json.js";
import { waitFromHeaders } from "./retry-after.js";

const WEB_PAGE = /^\ufeff*\s*<(?:!doctype html|html|head|body)/i;
const MARKUP = /^\ufeff*\s*</;

/** What a provider's answer, its message and a failure have in common. */
class Content {
  #document;
  #text;

  constructor({ status, headers = [], body = new Uint8Array() }) {
    this.status = status ?? undefined;
    this.headers = headers;
    this.body = body;
  }

  /** The body as a JSON document; undefined if it is none. */
  json() {
    if (this.#document === undefined) this.#document = { value: this.readJson() };
    return this.#document.value;
  }

  readJson() {
    try {
      return parse(decodeStrictly(this.body));
    } catch {
      return undefined;
    }
  }

  /** The body as text; bytes that are no text become `�`. */
  text() {
    this.#text ??= decode(this.body);
    return this.#text;
  }

  /** The first header of this name, in whatever case it was written. */
  header(name) {
    const wanted = name.toLowerCase();
    return this.headers.find((field) => field.name.toLowerCase() === wanted)?.value;
  }
}

/** One answer of a provider, or one chunk of it. */
export class Answer extends Content {
  constructor(response) {
    super(response);
    /** Another chunk follows. */
    this.more = response.more === true;
  }

  /** The status says success. */
  get ok() {
    return this.status >= 200 && this.status < 300;
  }
}

/** What the provider said by itself, and proved. */
export class Message extends Content {
  constructor(message) {
    super(message);
    this.now = Number(message.now);
    this.query = message.query;
  }
}

/** A failure that is to be explained. */
export class Failure extends Content {
  #isHtml;
  #lowerCaseText;

  constructor(failure) {
    super(failure);
    this.now = Number(failure.now ?? 0);
    this.phase = failure.phase;
    this.authMethod = failure.authMethod ?? "";
    this.transport = failure.transport ?? undefined;
    this.redirectQuery = failure.redirectQuery ?? undefined;
    this.dataset = failure.dataset ?? undefined;
    this.account = failure.account ?? undefined;
    this.facts = { grantedScopes: [], requestedScopes: [], consecutive: 1, ...failure.facts };
  }

  /** The body as a JSON document; an array of errors gives its first one. */
  readJson() {
    const document = super.readJson();
    return Array.isArray(document) && isObject(document[0]) ? document[0] : document;
  }

  /** The text in lower case, in which every rule looks for its words. */
  lowerCaseText() {
    this.#lowerCaseText ??= this.text().toLowerCase();
    return this.#lowerCaseText;
  }

  /** A parameter of the query that came back on the redirect. */
  redirectParam(name) {
    return this.redirectQuery === undefined ? undefined : formValue(this.redirectQuery.replace(/^[?#]+/, ""), name);
  }

  /** A top-level value of the body as text, be the body JSON or a form. */
  bodyParam(name) {
    const document = this.json();
    if (document === undefined) return this.#looksLikeForm() ? formValue(this.text(), name) : undefined;
    return isObject(document) && Object.hasOwn(document, name) ? scalar(document[name]) : undefined;
  }

  /** How long the provider wants to be left alone, in whichever of the usual ways it says so. */
  retryAfterMs() {
    return waitFromHeaders(this);
  }

  /** The body is a web page, whatever its content type says. */
  isHtml() {
    this.#isHtml ??= WEB_PAGE.test(this.text()) || (MARKUP.test(this.text()) && this.#isDeclaredHtml());
    return this.#isHtml;
  }

  #isDeclaredHtml() {
    return this.header("content-type")?.includes("text/html") ?? false;
  }

  #looksLikeForm() {
    const text = this.text();
    return text.includes("=") && !/[ <{\n]/.test(text);
  }
}

function formValue(form, name) {
  return new URLSearchParams(`?${form}`).get(name) ?? undefined;
}
