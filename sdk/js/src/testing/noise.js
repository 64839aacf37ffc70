// Failures of every phase and many statuses, with bodies and headers that make no sense. The same ones
// at each call, so that a failing test fails again.

import { encode } from "../bytes.js";
import { PHASES, TRANSPORT_KINDS } from "../names.js";
import { failureOf } from "./fixture.js";

const FAILURES = 500;
/** What confuses readers of JSON, forms, dates and texts. */
const PIECES = [
  "{", "}", "[", "]", '"', ":", ",", "null", "1e999", "-0", "\\u0000", '"error"', "invalid_grant", "\u0130", "é", "\u{1f980}",
  "<html>", "%", "&", "=", "\r\n", "\ufeff", "9999999999999999999999", "Retry",
];

export function noise() {
  const random = new Random(0x9e3779b9);
  return Array.from({ length: FAILURES }, () => failure(random));
}

function failure(random) {
  const plain = failureOf({
    phase: random.pick(PHASES),
    status: random.below(700),
    headers: { "retry-after": random.text(), "www-authenticate": "Bearer error=" },
  });
  const body = random.below(2) === 0 ? encode(random.text()) : random.bytes();
  const oddities = [
    { status: undefined },
    { transport: { kind: random.pick(TRANSPORT_KINDS), detail: "" } },
    { redirectQuery: random.text() },
    { account: random.text() },
  ];
  return { ...plain, body, ...random.pick(oddities) };
}

/** Xorshift: noise needs to be repeatable, and no more. */
class Random {
  #state;

  constructor(seed) {
    this.#state = seed;
  }

  below(limit) {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % limit;
  }

  pick(from) {
    return from[this.below(from.length)];
  }

  text() {
    return Array.from({ length: this.below(12) }, () => this.pick(PIECES)).join("");
  }

  bytes() {
    return Uint8Array.from({ length: this.below(64) }, () => this.below(256));
  }
}
