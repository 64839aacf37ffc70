// Saying what errors mean.

import type { Actor, Blast, Field, Phase, Reason, Remedy, TransportKind } from "./contract.js";
import type { Json, Pointer } from "./data.js";

/** What the host can do by itself when an access token has run out. */
export type Grant =
  /** A key or password that a person typed; only a person can replace it. */
  | "secret"
  /** A token with a refresh token behind it: the host renews it and tells nobody. */
  | "refreshable"
  /** A token without a refresh token: a person must authorize again. */
  | "not-refreshable";

export type Unit = "seconds" | "milliseconds" | "minutes";

/** A value for each place in a JSON document. */
type ByPointer<Value> = { [pointer: `/${string}`]: Value; ""?: Value };

/** All conditions that are named must hold. */
interface Conditions {
  phases?: Phase | Phase[] | undefined;
  /** Answers to data requests: phases probe and sync. */
  api?: boolean | undefined;
  /** Answers of the token endpoint: phases exchange and refresh. */
  tokenEndpoint?: boolean | undefined;
  status?: number | undefined;
  /** From the first to the last, both included. */
  statuses?: [number, number] | undefined;
  /** The value at each JSON pointer is one of these; numbers and texts are the same, case counts not. */
  json?: ByPointer<string | number | (string | number)[]> | undefined;
  /** The text at each JSON pointer contains this; case does not count. */
  jsonContains?: ByPointer<string> | undefined;
  /** There is something else than null at the JSON pointers; `""` asks for any JSON at all. */
  jsonPresent?: Pointer | Pointer[] | undefined;
  /** The body contains one of these; case does not count. Prefer `json` where there is a code. */
  contains?: string | string[] | undefined;
  /** Each header contains this (an empty text: is there at all); case does not count. */
  header?: Record<string, string> | undefined;
  /** Each parameter of the redirect is one of these (an empty list: is there at all). */
  redirect?: Record<string, string | string[]> | undefined;
  /** The credential that failed is of this kind. */
  grant?: Grant | undefined;
  tokenYoungerThanS?: number | undefined;
  tokenOlderThanDays?: number | undefined;
  emptyBody?: boolean | undefined;
  /** The rule is also for web pages, which come from a proxy or a firewall in front of the API. */
  onWebPages?: boolean | undefined;
  /** Anything else that can be read from the failure. A rule that throws is passed over. */
  when?: ((failure: Failure) => boolean) | undefined;
}

/** What the rule's reason does not imply already. */
interface Meaning {
  /** Why, if that is known: "password-changed". */
  cause?: string | undefined;
  /** The failure is to be confirmed for longer before anybody is told. */
  doubtful?: boolean | undefined;
  blast?: Blast | undefined;
  remedy?: Remedy | undefined;
  /** Who can repair it, where that is not who usually does so. */
  actor?: Actor | undefined;
  /** For a person, in whole sentences; `{provider}` and `{account}` are filled in. */
  message?: string | undefined;
  /** Appends the provider's own words, found at a JSON pointer, to the message. */
  quoting?: Pointer | undefined;
  /** The provider's own help. */
  help?: string | undefined;
  /** Waits so many seconds when the answer itself does not say how long. */
  retryAfterS?: number | undefined;
  /** Reads the wait from a header that is not one of the usual ones. */
  retryAfterHeader?: { name: string; unit: Unit } | undefined;
  /** Reads the wait from the body. */
  retryAfterJson?: { pointer: Pointer; unit: Unit } | undefined;
  /** Waits until the quota's new day begins, at midnight UTC. */
  retryAtUtcMidnight?: boolean | undefined;
}

export interface RuleOptions extends Conditions, Meaning {}

declare const made: unique symbol;

/** One line of the error table; made by `rule`. Rules are tried in order. */
export interface Rule {
  readonly code: string;
  readonly reason: Reason;
  readonly [made]: "rule";
}

/**
 * Makes a rule. `code` is stable, specific and lower case, and is prefixed with the plugin's id. Remedy
 * and actor follow from the reason, and the actor from the remedy, so most rules set neither.
 */
export function rule(code: string, reason: Reason, options?: RuleOptions): Rule;

/** Reading what came back; each method has an answer to any bytes. */
interface Content {
  readonly headers: readonly Field[];
  readonly body: Uint8Array;
  /** The body as a JSON document; undefined if it is none. Long whole numbers are `bigint`. */
  json(): Json;
  /** The body as text; bytes that are no text become `�`. */
  text(): string;
  /** The first header of this name, in whatever case it was written. */
  header(name: string): string | undefined;
}

/** One answer of a provider. */
export interface Answer extends Content {
  readonly status: number;
  /** The status says success. */
  readonly ok: boolean;
  /** Another chunk follows. */
  readonly more: boolean;
}

/** What the provider said by itself; it is proven. */
export interface Message extends Content {
  /** Unix milliseconds. */
  readonly now: number;
  readonly query: readonly Field[];
}

/** A failure that is to be explained. Of a JSON array of errors, `json` gives the first one. */
export interface Failure extends Content {
  /** Unix milliseconds. */
  readonly now: number;
  readonly phase: Phase;
  readonly authMethod: string;
  readonly status: number | undefined;
  readonly transport: { kind: TransportKind; detail: string } | undefined;
  readonly redirectQuery: string | undefined;
  readonly dataset: string | undefined;
  readonly account: string | undefined;
  readonly facts: Facts;
  /** A parameter of the query that came back on the redirect. */
  redirectParam(name: string): string | undefined;
  /** A top-level value of the body as text, be the body JSON or a form. */
  bodyParam(name: string): string | undefined;
  /** How long the provider wants to be left alone, in whichever of the usual ways it says so. */
  retryAfterMs(): number | undefined;
  /** The body is a web page, whatever its content type says. */
  isHtml(): boolean;
}

/** What the host knows and the answer does not say. */
export interface Facts {
  readonly tokenAgeS?: number | undefined;
  readonly hasRefreshToken?: boolean | undefined;
  readonly justRefreshed?: boolean | undefined;
  readonly newerTokenInStore?: boolean | undefined;
  readonly grantedScopes: readonly string[];
  readonly requestedScopes: readonly string[];
  /** Failures of this kind in a row, this one included. */
  readonly consecutive: number;
  /** Share of this provider's authorizations that failed in the last minutes, 0.0 to 1.0. */
  readonly fleetFailureRatio?: number | undefined;
}


// Only what is marked is exported.
export {};
