// What a plugin does when its author or its state is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Auth, Column, Fetch, Flow, Inbound, Items, Pages, Signal, each, get, report, rule, table } from "@relink/sdk";
import { failureOf } from "../src/testing/fixture.js";
import { answer, start, THINGS, toy } from "./support/toy.js";

const FORBIDDEN = failureOf({ phase: "sync", status: 403, body: { error: "no" }, auth_method: "api-key" });
const PROOF = { label: "Webhook URL", secret: "secret", header: "x-signature" };
const broken = () => {
  throw new Error("a bug");
};

test("a rule that throws is passed over", () => {
  const errors = [rule("broken", "expired-token", { when: broken }), rule("next", "provider-specific", { status: 403 })];
  assert.equal(toy({ errors }).classify(FORBIDDEN).code, "toy.next");
  assert.equal(toy({ errors: errors.slice(0, 1) }).classify(FORBIDDEN).code, "toy.forbidden");
});

test("a classify that throws breaks no connection", () => {
  const { reason, code, certainty, actor, blast, remedy } = toy({ classify: broken }).classify(FORBIDDEN);
  assert.deepEqual(
    { reason, code, certainty, actor, blast, remedy },
    { reason: "request-rejected", code: "toy.classify-failed", certainty: "doubtful", actor: "operator", blast: "request", remedy: "operator" },
  );
});

test("a classify of its own may use what rules and defaults say", () => {
  const plugin = toy({ classify: (failure, usual) => ({ ...usual(), cause: failure.text() }) });
  const { code, cause } = plugin.classify(FORBIDDEN);
  assert.deepEqual({ code, cause }, { code: "toy.forbidden", cause: '{"error":"no"}' });
});

test("an answer that a reader does not expect is a failure that keeps the state", () => {
  const plugin = toy({ sync: { things: () => Fetch.rows(THINGS, get("https://toy.example/"), Items.at(""), { expand: (item) => item.of.parts }) } });
  const { state } = start(plugin);
  const out = answer(plugin, state, [{ id: 1 }]);
  assert.match(out.next.val, /the plugin cannot read the answer/);
  assert.equal(out.state, state);
});

test("a mistake outside of reading is a trap", () => {
  assert.throws(() => start(toy({ sync: { things: broken } })), /a bug/);
});

test("a setting that is missing fails with its name, and nothing is sent", () => {
  const url = (context) => `https://${context.require("shop")}.toy.example/things`;
  const flow = (context) => Fetch.rows(THINGS, get(url(context)), Items.at(""));
  for (const plugin of [toy({ sync: { things: flow } }), toy({ step: (context) => context.require("shop") })]) {
    assert.deepEqual(start(plugin).next, { tag: "failed", val: 'the connection has no setting "shop", which the plugin needs' });
  }
  const event = { tag: "start", val: { tag: "sync", val: { dataset: "things" } } };
  const sent = (config) => toy({ sync: { things: flow } }).step({ now: 0, config }, new Uint8Array(), event).next;
  assert.equal(sent('{"shop":"acme"}').val.url, "https://acme.toy.example/things");
  assert.equal(sent('{"shop":""}').tag, "failed");
});

test("a function that gives back no flow is named", () => {
  const url = "https://toy.example/";
  const mistakes = [
    [{ sync: { things: async () => Flow.nothing() } }, /`sync\.things` must give back a flow; it gave back a promise: remove `async`/],
    [{ sync: { things() {} } }, /`sync\.things` must give back a flow; it gave back nothing: is there a `return`\?/],
    [{ sync: { things: () => get(url) } }, /it gave back something else: object/],
    [{ sync: { things: () => Flow.sequence([get(url)]) } }, /`Flow\.sequence` must give back a flow/],
  ];
  for (const [changes, message] of mistakes) assert.throws(() => start(toy(changes)), message);
  const probe = { tag: "start", val: { tag: "probe" } };
  assert.throws(() => toy({ probe() {} }).step({ now: 0, config: "{}" }, new Uint8Array(), probe), /`probe` must/);
});

test("foreign states and datasets are failures", () => {
  const plugin = toy();
  assert.match(start(plugin, "constructor").next.val, /no dataset "constructor"/);
  const sequence = toy({ sync: { things: () => Flow.sequence([Fetch.probe(get("https://toy.example/"))]) } });
  for (const state of [new Uint8Array(), new Uint8Array([255]), new TextEncoder().encode("{}"), start(sequence).state]) {
    assert.equal(answer(plugin, state, []).next.tag, "failed");
  }
  assert.equal(answer(sequence, start(plugin).state, []).next.tag, "failed");
});

test("a list that outgrows the state is a failure", () => {
  const list = each({ list: get("https://toy.example/"), items: Items.at("/data"), pages: Pages.token("/next"), keep: ({ id }) => id, run: () => Flow.nothing() });
  const plugin = toy({ sync: { things: () => list } });
  const page = (next) => ({ data: [{ id: "x".repeat(40 * 1024) }], next });
  const second = answer(plugin, start(plugin).state, page("b"));
  assert.match(answer(plugin, second.state, page("c")).next.val, /the state has grown/);
});

test("a step by hand comes first, and may leave the rest to flows", () => {
  const done = { state: new Uint8Array(), found: [], next: { tag: "done" } };
  const plugin = toy({ step: (_context, _state, event) => (event.tag === "woken" ? done : undefined) });
  assert.equal(start(plugin).next.tag, "send");
  assert.equal(plugin.step({ now: 0, config: "{}" }, new Uint8Array(), { tag: "woken" }).next.tag, "done");
});

test("what an answer says about limits goes to the host", () => {
  const plugin = toy({ throttle: () => ({ budget: "requests", remaining: 3 }) });
  assert.deepEqual(answer(plugin, start(plugin).state, []).throttle, { budget: "requests", remaining: 3 });
});

test("mistakes in a definition are named when it is made", () => {
  const mistakes = [
    [() => toy({ host: [] }), /plugin "toy" has no option "host"; did you mean "hosts"\?/],
    [() => toy({ hosts: undefined }), /plugin "toy" needs "hosts"/],
    [() => toy({ sync: {} }), /table "things" has no function in "sync"/],
    [() => toy({ sync: { ...toy, things: broken, others: broken } }), /"sync" has "others", but "tables" has no table of this name/],
    [() => rule("Plan", "unknown"), /a code has lower-case letters/],
    [() => rule("plan", "expired"), /reason is "expired", but must be one of/],
    [() => rule("plan", "unknown", { jsn: {} }), /did you mean "json"\?/],
    [() => rule("plan", "unknown", { remedy: "pay" }), /remedy is "pay"/],
    [() => Column.text("event"), /Column\.text: "event" is no JSON pointer; write "\/event"/],
    [() => Items.at("data"), /Items\.at: "data" is no JSON pointer/],
    [() => Pages.token("next"), /Pages\.token: "next" is no/],
    [() => Pages.number(1, 9, { total: "total" }), /Pages\.number: "total" is no/],
    [() => rule("plan", "unknown", { json: { code: 7 } }), /rule "plan": "code" is no/],
    [() => rule("plan", "unknown", { quoting: "message" }), /rule "plan": "message" is no/],
    [() => report({ create: {}, id: "id", poll: {}, status: { ready: [] } }), /report: "id" is no/],
    [() => Auth.secrets({ slots: [{ name: "access_token", label: "Token" }] }), /secret "access_token" has a name that belongs to what the host obtains/],
    [() => Auth.bearerKey({ appSecrets: [{ name: "api_key", label: "Key" }] }), /there are two secrets "api_key"/],
    [() => table({ name: "a", label: "A", columns: { day: Column.day("/day") }, daily: "dayy" }), /table "a": daily is "dayy".*did you mean "day"\?/],
    [() => table({ name: "a", label: "A" }), /table "a" needs "columns"/],
    [() => Column.text("/a", { keys: true }), /did you mean "key"\?/],
    [() => Auth.oauth2({ authorizeUrl: "", tokenURL: "" }), /did you mean "tokenUrl"\?/],
    [() => Auth.oauth2({ authorizeUrl: "", tokenUrl: "", refreshed: "always" }), /refreshed is "always"/],
    [() => get("https://toy.example/", { params: {} }), /has no option "params"/],
    [() => Pages.token("/next", { param: "a" }), /Pages.token has no option "param"/],
    [() => Items.csv("tab"), /the delimiter is no ASCII character/],
    [() => Inbound.hmac({ label: "A", secret: "s" }), /Inbound.hmac needs "header"/],
    [() => Inbound.hmac({ ...PROOF, hash: "md5" }), /hash is "md5", but must be one of sha1/],
    [() => Inbound.hmac({ ...PROOF, content: ["path"] }), /content is "path"/],
    [() => Inbound.hmac({ ...PROOF, echo: {}, signed: {} }), /either "echo" or "signed"/],
    [() => Inbound.jws({ label: "A", jwksUrl: "", issuer: "" }), /needs "audience"/],
    [() => Signal.failed({ subject: undefined }), /about one subject or one account/],
    [() => Signal.failed({ user: "42" }), /has no option "user"/],
    [() => toy({ inbound: Inbound.hmac(PROOF) }), /has "inbound", but no "receive"/],
    [() => toy({ receive: () => [] }), /has "receive", but no "inbound"/],
  ];
  for (const [make, message] of mistakes) assert.throws(make, message);
});
