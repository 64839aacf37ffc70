// The records of the contract, `wit/0.2/plugin.wit`, as this SDK hands them around: names in camel case,
// 64-bit numbers as numbers, variants as `{ tag, val }`.

export type Phase = "authorize" | "exchange" | "refresh" | "probe" | "sync" | "revoke" | "inbound";

/** Closed on purpose: few, and common to all providers. What grows is the code of a rule. */
export type Reason =
  | "invalid-credentials"
  | "invalid-refresh-token"
  | "expired-token"
  | "insufficient-privileges"
  /** Blocked, suspended, new terms, multi-factor, consent. */
  | "account-action-required"
  /** Code and message say what: a lapsed subscription, a deleted key. */
  | "provider-specific"
  /** Our client id, secret, redirect address or approval. */
  | "app-misconfigured"
  | "rate-limited"
  | "provider-outage"
  /** A bug of the host or the plugin. */
  | "request-rejected"
  | "not-a-failure"
  | "unknown";

/** Who is hit. */
export type Blast = "request" | "account" | "authorization" | "app" | "provider";
export type Actor = "nobody" | "connecting-user" | "account-admin" | "operator";
export type Remedy =
  | "none"
  | "wait"
  /** The host refreshes the access token by itself. */
  | "refresh"
  | "reauthorize"
  | "replace-secret"
  /** Something to accept, confirm or recover on the provider's own pages. */
  | "act-at-provider"
  | "ask-admin"
  | "fix-billing"
  | "operator";
export type Certainty = "certain" | "doubtful";
export type TransportKind = "dns" | "connect" | "tls" | "timeout" | "reset" | "too-large" | "blocked" | "other";

export interface Field {
  name: string;
  value: string;
}

export interface Diagnosis {
  reason: Reason;
  /** Stable and specific: "ahrefs.subscription-lapsed". */
  code: string;
  /** Why, if known: "password-changed". */
  cause?: string | undefined;
  certainty: Certainty;
  blast: Blast;
  actor: Actor;
  remedy: Remedy;
  retryAfterMs?: number | undefined;
  /** What happened, in plain words for the person who reconnects. */
  message: string;
  helpUrl?: string | undefined;
}

/** A request as the host gets it; made by `get` and `post`. */
export interface Request {
  readonly method: string;
  /** Absolute; the host name must be among the hosts of the plugin. */
  readonly url: string;
  readonly headers: readonly Field[];
  readonly body?: Uint8Array | undefined;
  readonly credential?: string | undefined;
  readonly deliver: Delivery;
  readonly timeoutMs?: number | undefined;
  readonly idempotent: boolean;
}

export type Delivery =
  | { tag: "whole"; val: number }
  | { tag: "chunks"; val: { framing: Framing; maxBytes: number } }
  | { tag: "discard" };

export type Framing =
  | { tag: "lines" }
  | { tag: "csv"; val: { delimiter: string; header: boolean; skipLines: number } }
  | { tag: "json-items"; val: string }
  | { tag: "raw" };

export type Operation =
  | { tag: "probe" }
  | { tag: "identify" }
  | { tag: "accounts" }
  | { tag: "sync"; val: { dataset: string; window?: { since: string; until: string } | undefined } };

export type Event =
  | { tag: "start"; val: Operation }
  | { tag: "answered"; val: Response }
  | { tag: "unanswered"; val: { kind: TransportKind; detail: string } }
  | { tag: "woken" };

export interface Response {
  status: number;
  headers: Field[];
  body: Uint8Array;
  more: boolean;
}

export type Found =
  | { tag: "rows"; val: { dataset: string; rows: string } }
  | { tag: "identity"; val: Identity }
  | { tag: "account"; val: Account };

export interface Identity {
  /** Stable at the provider even when names change; it tells one login from another. */
  subject: string;
  /** What a person calls it: an e-mail address, a name. */
  label: string;
}

export interface Account {
  id: string;
  label: string;
  kind?: string | undefined;
  /** The manager account through which it is reached. */
  parent?: string | undefined;
}

/** What a message means for one login or account; made by `Signal`. */
export interface ContractSignal {
  about: { tag: "subject"; val: string } | { tag: "account"; val: string };
  event: "failed" | "restored";
  /** Unix milliseconds. */
  at?: number | undefined;
}

/** What the provider said about its own limits. */
export interface Throttle {
  budget: string;
  remaining?: number | undefined;
  /** Unix milliseconds. */
  resetsAt?: number | undefined;
}

export interface StepOut {
  /** Given back at the next step; at most 64 KiB. */
  state: Uint8Array;
  found: Found[];
  throttle?: Throttle | undefined;
  next:
    | { tag: "send"; val: Request }
    | { tag: "receive" }
    | { tag: "wait-ms"; val: number }
    | { tag: "done" }
    /** The host hands the last answer, unaltered, to `classify`; the text is for the operator's log. */
    | { tag: "failed"; val: string };
}

// Only what is marked is exported.
export {};
