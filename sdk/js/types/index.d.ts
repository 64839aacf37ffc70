// Write a Relink plugin: a table of columns, a table of errors, and functions that say which request
// to send. sdk/js/README.md has a complete example.

/// <reference path="./absent.d.ts" />

import type { AuthMethod } from "./auth.js";
import type { ContractSignal, Diagnosis, Event, StepOut, Throttle } from "./contract.js";
import type { Flow, Json, Table } from "./data.js";
import type { Answer, Failure, Message, Rule } from "./errors.js";
import type { InboundKind } from "./inbound.js";

export * from "./auth.js";
export * from "./contract.js";
export * from "./data.js";
export * from "./errors.js";
export * from "./inbound.js";

/** What the host says about a call. */
export interface Context {
  /** Unix milliseconds. */
  readonly now: number;
  /** Random bytes from the host, for idempotency keys. */
  readonly seed: Uint8Array;
  readonly authMethod: string;
  /** The account of the connection, or an empty text if it has none. */
  readonly account: string;
  /** The day it is in UTC. */
  readonly today: string;
  /** A text among the connection's settings. */
  setting(name: string): string | undefined;
  /**
   * A text among the connection's settings without which nothing can be asked: where it is missing or
   * empty, the step fails, and the operator's log says which one it is.
   */
  require(name: string): string;
}

/** What to fetch. Both days are included; for a dataset without days they are empty. */
export interface Slice {
  readonly dataset: string;
  readonly since: string;
  readonly until: string;
}

/** One provider: what it is, which requests fetch its data, and what its errors mean. */
export interface Definition<Name extends string> {
  /** Stable and unique; lower-case letters, digits, "-" and ".". */
  id: string;
  displayName: string;
  version: string;
  /** Other names under which people and data know the provider. */
  aliases?: string[] | undefined;
  /** Every host that a request may go to: exact names, or one leading "*." label. */
  hosts: string[];
  /** Features of the host that the plugin needs, such as "auth:oauth1". */
  requires?: string[] | undefined;
  auth: AuthMethod[];
  tables?: Table<Name>[] | undefined;
  /** At most `calls` calls per `perMs` milliseconds, to all hosts, counted per `key`. */
  budgets?: { name: string; calls: number; perMs: number; key: "app" | "authorization" | "connection" }[] | undefined;
  /** The JSON Schema of the settings of a connection that are not secret. */
  configSchema?: Json;
  /** How the provider tells by itself that something changed; without it, it has to be asked. */
  inbound?: InboundKind | undefined;
  /** Where a person finds the provider's own help on connecting. */
  help?: string | undefined;

  /** What the provider's errors mean, where that is not what OAuth 2 and HTTP say anyway. */
  errors?: Rule[] | undefined;
  /** The cheapest request that proves that the credential works. */
  probe(context: Context): Flow;
  /** Finds out whose authorization this is. */
  identify(context: Context): Flow;
  /** Lists the accounts that the authorization can see; not needed where there is only one. */
  accounts?(context: Context): Flow;
  /** Fetches one slice of a dataset: a function for each table. */
  sync?: { [Dataset in NoInfer<Name>]: (context: Context, slice: Slice) => Flow } | undefined;

  /** Finds the error inside an answer whose status says success; the text is for the operator's log. */
  refusal?(answer: Answer): string | null | undefined;
  /** Reads what the provider says about its own limits; asked about every answer. */
  throttle?(answer: Answer): Throttle | null | undefined;
  /** Says what broke where rules cannot; `usual` is what rules and defaults say. */
  classify?(failure: Failure, usual: () => Diagnosis): Diagnosis;
  /** Goes one step on by hand, where no flow does what the provider needs; undefined leaves it to the flows. */
  step?(context: Context, state: Uint8Array, event: Event): StepOut | undefined;
  /**
   * Takes over the state that another version of the plugin left in the middle of a slice; undefined if
   * it is of no use, and the host starts the slice again.
   */
  migrate?(version: string, state: Uint8Array): Uint8Array | null | undefined;
  /** Says what a message of the provider means, if there is `inbound`; nothing if the list is empty. */
  receive?(message: Message): ContractSignal[];
}

declare const made: unique symbol;

/** A plugin; made by `definePlugin` and exported as the default of its module. */
export interface Plugin {
  readonly [made]: "plugin";
}

export function definePlugin<const Name extends string = never>(definition: Definition<Name>): Plugin;

/** Lines for the operator's log; natively they go to the standard error stream. */
export const log: Record<"debug" | "info" | "warn" | "error", (text: string) => void>;

/** The day after (or, negative, before) a day; undefined if it is no day. */
export function dayPlus(day: string, days: number): string | undefined;
/** Every day of a slice, in order; none if a border is no day. */
export function eachDay(window: { since: string; until: string }): string[];

// Only what is marked is exported.
export {};
