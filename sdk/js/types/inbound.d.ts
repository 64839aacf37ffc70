// Messages that the provider sends by itself: how they are proven, and what they mean.

import type { ContractSignal } from "./contract.js";

declare const made: unique symbol;

/** How the provider tells by itself that something changed; made by `Inbound`. */
export interface InboundKind {
  readonly [made]: "inbound";
}

/** A header, or one item of a header such as `t=1700000000,v1=9f86d0`. */
export interface HeaderSource {
  header: string;
  item?: string | undefined;
}

export type Encoding = "hex" | "base64" | "base64url";

export interface InboundOptions {
  /** What the provider's console calls the address: "Deauthorize callback URL". */
  label: string;
  /**
   * Before the first message the provider asks with a GET for its challenge back, and shows the token
   * that the operator chose. Both are parameters of the query; the token's value is the app secret `secret`.
   */
  echo?: { challenge: string; token: string; secret: string } | undefined;
  /** Before the first message the provider asks with a GET for a hash of its challenge, in JSON. */
  signed?: SignedHandshake | undefined;
  /** Where the operator enters the address. */
  help?: string | undefined;
}

export interface SignedHandshake {
  /** Parameter of the query with the challenge. */
  challenge: string;
  /** An app secret. */
  secret: string;
  prefix?: string | undefined;
  /** "base64" unless another is named. */
  encoding?: Encoding | undefined;
  /** Member of the answer that holds the hash. */
  answer: string;
  /** Member of the answer that repeats the challenge. */
  repeat?: string | undefined;
}

/** The hash stands in `header`, or in one item of it. */
export interface HmacOptions extends InboundOptions, HeaderSource {
  /** An app secret. */
  secret: string;
  hash?: "sha1" | "sha256" | "sha512" | undefined;
  /** What stands before the hash: "sha256=". */
  prefix?: string | undefined;
  encoding?: Encoding | undefined;
  /** What is hashed, put together in this order: the body alone unless more is named. */
  content?: ("body" | "method" | "url" | HeaderSource | { text: string })[] | undefined;
  /** When the provider says that it sent the message, which must be among what is hashed. */
  sentAt?: (HeaderSource & { toleranceS: number; milliseconds?: boolean | undefined }) | undefined;
}

export const Inbound: {
  /** A keyed hash: of the body with SHA-256 in hex, unless an option says otherwise. */
  hmac(options: HmacOptions): InboundKind;
  /** Forms with a field that holds `<MAC>.<payload>`, as Meta's `signed_request`. */
  signedField(options: InboundOptions & { secret: string; field: string }): InboundKind;
  /** Security event tokens (RFC 8417) of `issuer`, meant for the app secret `audience`. */
  jws(options: InboundOptions & { jwksUrl: string; issuer: string; audience: string }): InboundKind;
};

/** The `subject` of an identity, or the `id` of an account. */
export type About = { subject: string } | { account: string };

/** When it happened, in unix milliseconds, if the message says so. */
export interface SignalOptions {
  at?: number | undefined;
}

export const Signal: {
  /** Access ended: the host asks `errors` what the message means, in phase "inbound". */
  failed(about: About, options?: SignalOptions): ContractSignal;
  /** Something changed for the better: the host looks at once. */
  restored(about: About, options?: SignalOptions): ContractSignal;
};

// Only what is marked is exported.
export {};
