// Datasets, requests, and how answers are read.

import type { Account, Identity, Request } from "./contract.js";

/**
 * A JSON document of a provider: anything at all. A function that reads one may assume its shape; where
 * the assumption is wrong and it throws, the step fails and the operator is told.
 */
export type Json = any;

/** A place in a JSON document (RFC 6901); `""` is the document itself. */
export type Pointer = "" | `/${string}`;

declare const made: unique symbol;

/** One column of a table; made by `Column`. What does not fit becomes null. */
export interface ColumnKind {
  readonly [made]: "column";
}

export interface ColumnOptions {
  /** The column belongs to the primary key: an item without it is left out. */
  key?: boolean | undefined;
}

export interface NumberOptions extends ColumnOptions {
  /** Multiplies the number: `1e-6` for micros. */
  times?: number | undefined;
}

/** The argument is a JSON pointer into one item of the answer. */
export const Column: {
  /** A text, or an id of whatever type. */
  text(pointer: Pointer, options?: ColumnOptions): ColumnKind;
  /** A whole number. */
  integer(pointer: Pointer, options?: NumberOptions): ColumnKind;
  /** A number with a fraction, such as an amount of money. */
  number(pointer: Pointer, options?: NumberOptions): ColumnKind;
  boolean(pointer: Pointer, options?: ColumnOptions): ColumnKind;
  /** A calendar day, from `2024-05-01`, `20240501`, a date and time, or a unix time in UTC. */
  day(pointer: Pointer, options?: ColumnOptions): ColumnKind;
  /** A moment in RFC 3339, from RFC 3339 or a unix time. */
  time(pointer: Pointer, options?: ColumnOptions): ColumnKind;
  /** Whatever the provider sends, unchanged: lists and objects. */
  json(pointer: Pointer, options?: ColumnOptions): ColumnKind;
};

export interface TableOptions<Name extends string, Columns extends string> {
  name: Name;
  /** What is in it, for the person who authorizes: "campaigns, spend and clicks". */
  label: string;
  columns: Record<Columns, ColumnKind>;
  /** Rows belong to days, and this column holds the day; without it, every run reads everything. */
  daily?: NoInfer<Columns> | undefined;
  /** The largest number of days in one slice. */
  windowDays?: number | undefined;
  /** The latest days that the provider restates, and that every run reads again. */
  restatedDays?: number | undefined;
  /** How far back the provider keeps the data. */
  historyDays?: number | undefined;
  /** Only accounts of this kind have the dataset. */
  forAccounts?: string | undefined;
}

/** A dataset: the schema, the key and the mapping in one; made by `table`. */
export interface Table<Name extends string = string> {
  readonly name: Name;
  /** As for a `fields=` parameter. */
  readonly columnNames: string[];
  /** The row of an item; undefined if a column of the key is missing in it. */
  row(item: Json): Record<string, Json> | undefined;
}

export function table<const Name extends string, Columns extends string>(options: TableOptions<Name, Columns>): Table<Name>;

export interface RequestOptions {
  query?: Record<string, string | number | boolean> | undefined;
  headers?: Record<string, string> | undefined;
  /** Sends a JSON document. */
  json?: Json;
  /** Sends the fields of a form. */
  form?: Record<string, string | number | boolean> | undefined;
  /** Sends these bytes, as `contentType`. */
  body?: string | Uint8Array | undefined;
  contentType?: string | undefined;
  /** Another credential use than "default"; null sends nothing secret. */
  credential?: string | null | undefined;
  /** Takes an answer of at most so many bytes (4 MiB otherwise). */
  maxBytes?: number | undefined;
  timeoutMs?: number | undefined;
  /** Sending it twice does no harm, as for a search that happens to be a POST. */
  repeatable?: boolean | undefined;
}

export function get(url: string, options?: RequestOptions): Request;
export function post(url: string, options?: RequestOptions): Request;

/** How the items lie in an answer; made by `Items`. */
export interface ItemsKind {
  readonly [made]: "items";
}

export const Items: {
  /** The JSON array at this pointer; `""` is the document itself. */
  at(pointer?: Pointer): ItemsKind;
  /** One JSON object per line. */
  lines(): ItemsKind;
  /** Lines of a table with a header; each item is an object of texts. */
  csv(delimiter?: string, options?: { skippingLines?: number | undefined }): ItemsKind;
};

/** How one page leads to the next; made by `Pages`. */
export interface PagesKind {
  readonly [made]: "pages";
}

export interface PagesOptions {
  /** Goes on only if the answer holds something there that is not false, null, empty or zero. */
  onlyIf?: Pointer | undefined;
}

export interface PlacedOptions extends PagesOptions {
  /** The parameter of the query for the token, number, offset or id. */
  query?: string | undefined;
  /** A JSON pointer into the body, in place of a parameter. */
  body?: Pointer | undefined;
}

export interface CountedOptions extends PlacedOptions {
  /** The number of all items stands there: a short page is then not taken for the last one. */
  total?: Pointer | undefined;
}

export const Pages: {
  /** The answer is complete: there is no next page. */
  one(): PagesKind;
  /** The answer holds the token of the next page at a JSON pointer ("page_token" in the query). */
  token(pointer: Pointer, options?: PlacedOptions): PagesKind;
  /** The answer holds the address of the next page at a JSON pointer. */
  nextUrl(pointer: Pointer, options?: PagesOptions): PagesKind;
  /** Pages are numbered; a page of fewer than `size` items is the last one ("page" in the query). */
  number(first: number, size: number, options?: CountedOptions): PagesKind;
  /** The next page starts at an offset; a short page is the last one ("offset" in the query). */
  offset(size: number, options?: CountedOptions): PagesKind;
  /** The `Link` header names the next page (RFC 8288). */
  linkHeader(options?: PagesOptions): PagesKind;
  /**
   * The next page begins behind the last item of this one, whose id lies at a JSON pointer in it ("after" in
   * the query). A page without items is the last one; `onlyIf` saves the request for it.
   */
  lastItem(pointer: string, options?: PlacedOptions): PagesKind;
};

/** What an operation does; made by `Fetch`, `report`, `each` and `Flow`. */
export interface Flow {
  readonly [made]: "flow";
}

type Read<Made> = (item: Json) => Made | null | undefined;

export interface FetchOptions {
  pages?: PagesKind | undefined;
  /** Turns each item into those that are read: unrolls lists, or drops an item with `[]`. */
  expand?: ((item: Json) => Json[]) | undefined;
  /** Members that only the request knows, such as the account; added after `expand`. */
  with?: Record<string, Json> | undefined;
}

export interface RowsOptions extends FetchOptions {
  /** Lets the host cut a large answer into chunks of so many bytes; it has no further pages then. */
  inChunks?: number | undefined;
}

export const Fetch: {
  /** A request of which only the success counts. */
  probe(request: Request): Flow;
  /** Rows of a dataset. */
  rows(table: Table, request: Request, items: ItemsKind, options?: RowsOptions): Flow;
  /** Who authorized, read from the JSON document of the answer. */
  identity(request: Request, read: Read<Identity>): Flow;
  /** The accounts that the authorization can see, one per item. */
  accounts(request: Request, items: ItemsKind, read: Read<Account>, options?: FetchOptions): Flow;
};

export const Flow: {
  /** Does nothing and is done. */
  nothing(): Flow;
  /** One flow after the other. */
  sequence(flows: Iterable<Flow>): Flow;
  /** Ends the operation as failed before anything is sent. */
  refused(why: string): Flow;
};

export interface EachOptions {
  /** What to list. */
  list: Request;
  items: ItemsKind;
  pages?: PagesKind | undefined;
  /** What to keep of each item; the values wait in the state of 64 KiB, so no more than an id. */
  keep: Read<Json>;
  /** How many values make a batch (1 otherwise). */
  size?: number | undefined;
  /** What to do with a batch. */
  run(batch: Json[]): Flow;
}

/** A list first, and then a flow for each batch of it. */
export function each(options: EachOptions): Flow;

export interface ReportOptions {
  /** Starts the job. */
  create: Request;
  /** Where the answer holds the id of the job. */
  id: Pointer;
  poll(id: string): Request;
  /** Where the poll's answer holds the status ("/status" otherwise), and which ones end the wait. */
  status: { at?: Pointer | undefined; ready: string[]; failed?: string[] | undefined };
  /** Where the poll's answer holds the address of the report. */
  location?: Pointer | undefined;
  /** The pause between two polls (10 seconds otherwise). */
  pollEveryMs?: number | undefined;
  /** When to give up (after an hour otherwise). */
  giveUpAfterMs?: number | undefined;
  /** How to fetch the report once it is ready. */
  download?: ((ready: { id: string; location: string }) => Flow) | undefined;
}

/** A report that the provider makes in its own time. */
export function report(options: ReportOptions): Flow;

/** The value at a JSON pointer (RFC 6901), or undefined. */
export function at(document: Json, pointer: string): Json;
/** The text, number or truth value at a JSON pointer as text, or undefined. */
export function textAt(document: Json, pointer: string): string | undefined;
/** Reads JSON without losing digits: long whole numbers become `bigint`. */
export function parse(text: string): Json;
/** Writes JSON; a `bigint` is written as the number that it is. */
export function stringify(document: Json): string;


// Only what is marked is exported.
export {};
