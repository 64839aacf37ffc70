// What the cases of sdk/conformance call by the names of the contract, in the names of this SDK.

import {
  Auth, Column, Fetch, Flow, Inbound, Items, Pages, Signal, at, definePlugin, each, get, post, report, rule, stringify, table, textAt,
} from "@relink/sdk";

import { encode } from "../../src/bytes.js";

/** `retry_after_s` as `retryAfterS`, at the first level only: deeper names belong to providers. */
export function camelCased(options, renamed = {}) {
  const name = (text) => renamed[text] ?? text.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [name(key), value]));
}

/** Throws if there is a member that no runner looks at. */
export function only(options, names) {
  const unknown = Object.keys(options).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new TypeError(`the runner does not know "${unknown}"`);
}

export function columnOf({ type, pointer, key, times, name, ...rest }) {
  only(rest, []);
  return [name ?? "v", Column[type](pointer, { key, times })];
}

export function tableOf({ columns, ...options }) {
  return table({ ...camelCased(options), columns: Object.fromEntries(columns.map(columnOf)) });
}

export function itemsOf({ at: pointer, lines, csv, skipping_lines: skippingLines, ...rest }) {
  only(rest, []);
  if (pointer !== undefined) return Items.at(pointer);
  return lines ? Items.lines() : Items.csv(csv, skippingLines === undefined ? {} : { skippingLines });
}

export function requestOf({ get: got, post: posted, query = [], headers = [], form, body = [], max_bytes: maxBytes, json, credential, repeatable, ...rest }) {
  only(rest, []);
  const [contentType, text] = body;
  const options = {
    query: Object.fromEntries(query), headers: Object.fromEntries(headers), form: form && Object.fromEntries(form),
    json, body: text, contentType, credential, repeatable, maxBytes,
  };
  return got === undefined ? post(posted, options) : get(got, options);
}

export function pagesOf({ one, token, next_url: nextUrl, number, offset, link_header: linkHeader, last_item: lastItem, in_query: query, in_body: body, only_if: onlyIf, total, ...rest }) {
  only(rest, []);
  const options = Object.fromEntries(Object.entries({ query, body, onlyIf, total }).filter(([, value]) => value !== undefined));
  if (token !== undefined) return Pages.token(token, options);
  if (nextUrl !== undefined) return Pages.nextUrl(nextUrl, options);
  if (number !== undefined) return Pages.number(number.first, number.size, options);
  if (offset !== undefined) return Pages.offset(offset.size, options);
  if (lastItem !== undefined) return Pages.lastItem(lastItem, options);
  return linkHeader ? Pages.linkHeader(options) : one && Pages.one();
}

const THINGS = table({ name: "things", label: "Things", columns: { id: Column.text("/id", { key: true }), of: Column.text("/of") } });

export function flowOf(flow) {
  const request = requestIn(flow);
  const items = flow.items && itemsOf(flow.items);
  const pages = flow.pages && pagesOf(flow.pages);
  if (flow.nothing) return only(flow, ["nothing"]) ?? Flow.nothing();
  if (flow.refused) return only(flow, ["refused"]) ?? Flow.refused(flow.refused);
  if (flow.sequence) return only(flow, ["sequence"]) ?? Flow.sequence(flow.sequence.map(flowOf));
  if (flow.probe) return only(flow, ["probe"]) ?? Fetch.probe(request);
  if (flow.identity) {
    only(flow, ["identity"]);
    return Fetch.identity(request, ({ id, name }) => (typeof id === "string" ? { subject: id, label: name } : undefined));
  }
  if (flow.accounts) {
    only(flow, ["accounts", "items", "pages"]);
    return Fetch.accounts(request, items, ({ id, name }) => (typeof id === "string" ? { id, label: name } : undefined), { pages });
  }
  if (flow.report) return reportOf(flow, request);
  if (flow.each) return eachOf(flow, request, items, pages);
  only(flow, ["rows", "items", "pages", "with", "expand", "in_chunks"]);
  const expand = flow.expand && ((item) => at(item, flow.expand));
  return Fetch.rows(THINGS, request, items, { pages, with: flow.with, expand, inChunks: flow.in_chunks });
}

function requestIn(flow) {
  const request = flow.probe ?? flow.identity ?? flow.accounts ?? flow.rows ?? flow.report ?? flow.each;
  return request && requestOf(request);
}

function reportOf({ id, poll, status, location, poll_every_ms: pollEveryMs, give_up_after_ms: giveUpAfterMs, download, report: _, ...rest }, create) {
  only(rest, []);
  const given = { pollEveryMs, giveUpAfterMs, location };
  return report({
    create,
    id,
    poll: (job) => get(poll.replace("{id}", job)),
    status: { at: status.pointer, ready: status.ready, failed: status.failed },
    ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
    download: download && ((ready) => flowOf(filled(download, "{location}", ready.location))),
  });
}

function eachOf({ keep, batches_of: size, do: run, each: _each, items: _items, pages: _pages, ...rest }, list, items, pages) {
  only(rest, []);
  return each({ list, items, pages, size, keep: (item) => at(item, keep), run: (batch) => flowOf(filled(run, "{batch}", stringify(batch))) });
}

function filled(flow, placeholder, text) {
  const fill = (value) => {
    if (typeof value === "string") return value.replaceAll(placeholder, text);
    if (Array.isArray(value)) return value.map(fill);
    return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([name, member]) => [name, fill(member)])) : value;
  };
  return fill(flow);
}

export function ruleOf({ code, reason, ...options }) {
  return rule(code, reason, camelCased(options));
}

/** The plugin of a message. */
export function messenger({ receive, rules = [] }) {
  const read = receive && ((message) => receive.flatMap((signal) => signalOf(signal, message.json())));
  const inbound = Inbound.hmac({ label: "Webhook URL", secret: "secret", header: "x-signature" });
  return toy({ nothing: true }, undefined, { errors: rules.map(ruleOf), ...(read && { inbound, receive: read }) });
}

function signalOf({ subject, account, event, at: moment, ...rest }, document) {
  only(rest, []);
  const id = textAt(document, subject ?? account);
  if (id === undefined) return [];
  return [Signal[event](subject === undefined ? { account: id } : { subject: id }, { at: moment && at(document, moment) })];
}

/** The plugin that takes over states of some versions, each with a mark before it. */
export function migrating(marks) {
  const migrate = (version, state) => (Object.hasOwn(marks, version) ? Uint8Array.from([...encode(marks[version]), ...state]) : undefined);
  return toy({ nothing: true }, undefined, marks && { migrate });
}

/** The plugin of a flow: whatever is asked of it, it answers with the flow. */
export function toy(flow, refusal, changes = {}) {
  const run = () => flowOf(flow);
  return definePlugin({
    id: "toy", displayName: "Toy", version: "1.0.0", hosts: ["toy.example"], tables: [THINGS],
    auth: [Auth.bearerKey({ help: "https://toy.example/help" })],
    probe: run, identify: run, accounts: run, sync: { things: run },
    refusal: (answer) => refusal && at(answer.json(), refusal) && stringify(at(answer.json(), refusal)),
    ...changes,
  });
}

/** The plugin of a failure. */
export function acme(options) {
  const nothing = () => Flow.nothing();
  return definePlugin({ id: "acme", displayName: "Acme", version: "1.0.0", hosts: ["toy.example"], auth: [], probe: nothing, identify: nothing, ...options });
}
