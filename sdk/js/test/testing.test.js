// The test kit finds what is wrong: fixtures that are made wrong on purpose.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Auth, Fetch, Inbound, Items, Signal, get, rule } from "@relink/sdk";
import { missingFixtures } from "../src/testing/coverage.js";
import { readFixtures } from "../src/testing/fixture.js";
import { checkFixture, checkTotality } from "../src/testing/index.js";
import { limited } from "../src/testing/limit.js";
import { mistakes } from "../src/testing/soundness.js";
import { THINGS, toy } from "./support/toy.js";

const ROW = [{ id: "1" }];

function sync(request, rows, changes = {}) {
  const exchange = [{ request, answer: { status: 200, body: [{ id: 1 }] } }];
  return { about: "things", operation: { sync: { dataset: "things" } }, exchange, found: { rows }, ...changes };
}

test("a fixture that holds has no differences", () => {
  const request = { method: "GET", url: "https://toy.example/things", query: { size: 5 }, credential: "default" };
  assert.deepEqual(checkFixture(toy(), sync(request, ROW)), []);
});

test("every kind of difference is named", () => {
  const said = (fixture) => checkFixture(toy(), fixture).join("\n");
  assert.equal(said(sync({}, [{ id: "2" }])), 'rows[0].id: expected "2", found "1"');
  assert.match(said(sync({ method: "POST" }, ROW)), /request method: expected "POST", found "GET"/);
  assert.match(said(sync({ query: { size: 6 } }, ROW)), /request size: expected "6", found "5"/);
  assert.match(said(sync({ headers: { a: "b" } }, ROW)), /request a: expected "b", found null/);
  assert.match(said(sync({ body: { a: 1 } }, ROW)), /request body/);
  const { exchange } = sync({}, ROW);
  assert.match(said(sync({}, ROW, { exchange: [...exchange, ...exchange] })), /1 recorded exchanges were not asked for/);
  assert.match(said(sync({}, [], { exchange: [] })), /asked for something not recorded: GET/);
  assert.match(said(sync({}, [], { exchange: [{ wait_ms: 5 }] })), /expected a wait/);
  assert.match(said(sync({}, ROW, { ends: "failed" })), /ends: expected failed, found done/);
  assert.match(said({ about: "both", failure: {}, operation: "probe" }), /one of a failure, an operation and a message/);
});

test("a request to a foreign host or with an unknown credential is named", () => {
  const said = checkFixture(toy(), { about: "probe", operation: "probe", exchange: [{ answer: { status: 200 } }] });
  const fix = 'fix: add "elsewhere.example" to hosts in plugin.toml and in definePlugin';
  assert.deepEqual(said, [`the descriptor does not allow https://elsewhere.example/me; ${fix}`, 'there is no credential use "other"']);
  const plain = toy({ sync: { things: () => Fetch.rows(THINGS, get("http://toy.example/"), Items.at("")) } });
  assert.match(checkFixture(plain, sync({}, ROW)).join(), /fix: requests go to https:\/\/ addresses/);
});

test("a wrong diagnosis is named", () => {
  const fixture = { about: "busy", failure: { phase: "sync", status: 429 }, diagnosis: { reason: "unknown", actor: "nobody", retry_after_ms: 5 } };
  assert.deepEqual(checkFixture(toy(), fixture), [
    'reason: expected "unknown", found "rate-limited"',
    "retry_after_ms: expected 5, found null",
  ]);
});

test("a message is read, and what it means is explained", () => {
  const inbound = Inbound.hmac({ label: "Webhook URL", secret: "secret", header: "x-signature" });
  const receive = (message) => [Signal.failed({ subject: message.text() })];
  const messenger = toy({ inbound, receive });
  const fixture = { about: "gone", message: { body: "42" }, signals: [{ subject: "42", event: "failed" }] };
  assert.deepEqual(checkFixture(messenger, { ...fixture, diagnosis: { reason: "unknown", code: "toy.access-ended" } }), []);
  assert.deepEqual(checkFixture(messenger, { ...fixture, signals: [] }), ['signals[0]: expected null, found {"subject":"42","event":"failed"}']);
  assert.match(checkFixture(messenger, { ...fixture, diagnosis: { code: "toy.gone" } }).join(), /code: expected "toy.gone"/);
  assert.match(checkFixture(toy(), { ...fixture, signals: [], diagnosis: {} }).join(), /no signal is failed/);
  assert(missingFixtures(messenger, []).includes("messages of the provider"));
});

test("a call that does not end is named, and the tests go on", () => {
  const forever = () => {
    for (;;);
  };
  const endless = toy({ sync: { things: forever } });
  assert.throws(() => checkFixture(limited(endless), sync({}, ROW)), /`sync\.things` was not done after 2 s/);
  const rules = toy({ errors: [rule("loop", "unknown", { when: forever })] });
  const failing = { about: "busy", failure: { phase: "sync", status: 400 }, diagnosis: { reason: "unknown" } };
  assert.throws(() => checkFixture(limited(rules), failing), /`classify` was not done after 2 s/);
});

test("what has no fixture is named", () => {
  const plugin = toy({ errors: [rule("plan", "provider-specific", { status: 403 })] });
  assert.deepEqual(missingFixtures(plugin, []), ["rule toy.plan", "dataset things", "operation probe", "operation identify"]);
});

test("a member that no fixture has is named", () => {
  assert.throws(() => readFixtures('{"about": "x", "operations": "probe"}'), /fixture "x" has no option "operations"; did you mean "operation"\?/);
});

test("a reason that does not exist is named, with the one that was meant", () => {
  const fixture = { about: "x", failure: { phase: "sync" }, diagnosis: { reason: "invalid-credential" } };
  assert.throws(() => readFixtures(JSON.stringify(fixture)), /fixture "x": reason is "invalid-credential", but must be one of .*; did you mean "invalid-credentials"\?/);
  const remedy = { ...fixture, diagnosis: { remedy: "pay" } };
  assert.throws(() => readFixtures(JSON.stringify(remedy)), /fixture "x": remedy is "pay"/);
});

test("a classify that breaks is not total", () => {
  const plugin = toy({ classify: () => undefined.a });
  assert.match(checkTotality(plugin)[0], /classify broke at/);
});

test("a descriptor that contradicts itself or its manifest is named", () => {
  const auth = [Auth.bearerKey({ uses: [{ bearer: "token" }] })];
  const manifest = 'id = "toy"\nversion = "2.0.0"\nhosts = ["toy.example", "x.example"]';
  assert.deepEqual(mistakes(toy({ auth }).descriptor, manifest), [
    'api-key: there is no secret "token"',
    'plugin.toml.hosts[1]: expected null, found "x.example"',
    'plugin.toml.version: expected "1.0.0", found "2.0.0"',
  ]);
});
