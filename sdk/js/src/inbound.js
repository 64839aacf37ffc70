// Saying how the provider proves its messages, and what a message means.

import { checkOptions, requireOneOf, requireOptions } from "./options.js";

const HASHES = ["sha1", "sha256", "sha512"];
const ENCODINGS = ["hex", "base64", "base64url"];
const INBOUND_OPTIONS = ["label", "echo", "signed", "help"];
const HMAC_OPTIONS = ["secret", "header", "item", "hash", "prefix", "encoding", "content", "sentAt"];

export const Inbound = {
  /** A keyed hash; of the body with SHA-256 in hex, unless an option says otherwise. */
  hmac(options) {
    const what = "Inbound.hmac";
    checkOptions(what, options, [...INBOUND_OPTIONS, ...HMAC_OPTIONS]);
    requireOptions(what, options, ["label", "secret", "header"]);
    requireOneOf(`${what}: hash`, options.hash, HASHES);
    requireOneOf(`${what}: encoding`, options.encoding, ENCODINGS);
    return inbound(what, options, {
      tag: "hmac",
      val: {
        secret: options.secret,
        hash: options.hash ?? "sha256",
        signature: source(options),
        prefix: options.prefix ?? "",
        encoding: options.encoding ?? "hex",
        content: (options.content ?? ["body"]).map(part),
        sentAt: options.sentAt && sentAt(options.sentAt),
      },
    });
  },

  /** A form field that holds `<MAC>.<payload>`, as Meta's `signed_request`. */
  signedField(options) {
    checkOptions("Inbound.signedField", options, [...INBOUND_OPTIONS, "secret", "field"]);
    requireOptions("Inbound.signedField", options, ["label", "secret", "field"]);
    return inbound("Inbound.signedField", options, { tag: "signed-field", val: { secret: options.secret, name: options.field } });
  },

  /** Security event tokens (RFC 8417). */
  jws(options) {
    checkOptions("Inbound.jws", options, [...INBOUND_OPTIONS, "jwksUrl", "issuer", "audience"]);
    requireOptions("Inbound.jws", options, ["label", "jwksUrl", "issuer", "audience"]);
    const { jwksUrl, issuer, audience } = options;
    return inbound("Inbound.jws", options, { tag: "jws", val: { jwksUrl, issuer, audience } });
  },
};

export const Signal = {
  /** Access ended: the host asks `errors` what the message means, in phase `inbound`. */
  failed: (about, options) => signal("Signal.failed", "failed", about, options),
  /** Something changed for the better: the host looks at once. */
  restored: (about, options) => signal("Signal.restored", "restored", about, options),
};

function inbound(what, { label, echo, signed, help }, proof) {
  if (echo !== undefined && signed !== undefined) throw new TypeError(`${what} has either "echo" or "signed", not both`);
  const handshake = echo === undefined ? signed && signedHandshake(`${what}: signed`, signed) : echoHandshake(`${what}: echo`, echo);
  return { label, proof, handshake, helpUrl: help };
}

function echoHandshake(what, options) {
  checkOptions(what, options, ["challenge", "token", "secret"]);
  requireOptions(what, options, ["challenge", "token", "secret"]);
  return { tag: "echo", val: { challenge: options.challenge, token: options.token, secret: options.secret } };
}

function signedHandshake(what, options) {
  checkOptions(what, options, ["challenge", "secret", "prefix", "encoding", "answer", "repeat"]);
  requireOptions(what, options, ["challenge", "secret", "answer"]);
  requireOneOf(`${what}: encoding`, options.encoding, ENCODINGS);
  const { challenge, secret, prefix = "", encoding = "base64", answer, repeat } = options;
  return { tag: "signed", val: { challenge, secret, prefix, encoding, answer, repeat } };
}

/** A header, or one item of a header such as `t=1700000000,v1=9f86d0`. */
function source({ header, item }) {
  return item === undefined ? { tag: "header", val: header } : { tag: "header-item", val: { header, item } };
}

function part(options) {
  if (typeof options === "string") return { tag: requireOneOf("Inbound.hmac: content", options, ["body", "method", "url"]) };
  checkOptions("Inbound.hmac: content", options, ["header", "item", "text"]);
  return options.text === undefined ? { tag: "value", val: source(options) } : { tag: "text", val: options.text };
}

function sentAt(options) {
  checkOptions("Inbound.hmac: sentAt", options, ["header", "item", "milliseconds", "toleranceS"]);
  requireOptions("Inbound.hmac: sentAt", options, ["header", "toleranceS"]);
  return { source: source(options), milliseconds: options.milliseconds === true, toleranceS: options.toleranceS };
}

function signal(what, event, about, { at, ...rest } = {}) {
  checkOptions(what, rest, []);
  checkOptions(what, about, ["subject", "account"]);
  const [[tag, val], ...others] = Object.entries(about);
  if (others.length > 0 || typeof val !== "string") throw new TypeError(`${what} is about one subject or one account, which is a text`);
  return { about: { tag, val }, event, at };
}
