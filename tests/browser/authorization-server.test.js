// An authorization server that this project did not write, with rotating refresh tokens and PKCE:
// what the provider simulator cannot show is that others read the standards as Relink does.

import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { AuthorizationServer, CLIENT, ISSUER, subjectOf } from "./support/authorization-server.js";
import { Relink } from "./support/relink.js";
import { visitsOf } from "./support/resource-server.js";
import { assertAccessible, launch, screenshot, within } from "./support/browser.js";

const ANA = "ana@northside.example";
const BEN = "ben@northside.example";
const TENANT = "login";

let provider;
let relink;
let browser;
let page;
let connection;
let callback;
const problems = [];

before(async () => {
  provider = await AuthorizationServer.listen();
  relink = await Relink.start({ plugin: "_oidc", settings: settingsFor(provider) });
  browser = await launch();
  page = await newPage();
  await createOwner();
  provider.register(await redirectUri());
});

after(async () => {
  await browser?.close();
  await relink?.stop();
  await provider?.stop();
});

const settingsFor = ({ address }) => `
[egress.routes]
"login.oidc.example" = "${address}"
"api.oidc.example" = "${address}/api"

[plugins.oidc.oauth]
client_id = ${JSON.stringify(CLIENT.id)}
client_secret = ${JSON.stringify(CLIENT.secret)}
`;

async function newPage() {
  const context = await browser.newContext({ viewport: { width: 1320, height: 900 } });
  // The provider's pages would like a font from far away.
  await context.route("https://**", (route) => route.abort());
  const opened = await context.newPage();
  opened.on("pageerror", (error) => problems.push(String(error)));
  opened.on("request", (request) => {
    if (request.url().startsWith(`${relink.url}/oauth/callback/`)) callback = request.url();
  });
  return opened;
}

async function createOwner() {
  await page.goto(relink.welcome);
  await page.getByLabel("Your name").fill("Olivia Stone");
  await page.getByLabel("E-mail address").fill("olivia@northside.example");
  await page.getByLabel("Password").fill("correct horse battery staple");
  await page.getByRole("button", { name: "Create the owner's account" }).click();
  await page.waitForURL(/data-sources/);
}

// The address that the operator registers: it stands in what Relink would send the browser to.
async function redirectUri() {
  await page.goto(`${relink.url}/connect?plugin=oidc`);
  const csrf = await page.locator("main input[name=csrf]").first().inputValue();
  const form = { csrf, plugin: "oidc", client_id: "", method: "oauth", "setting.tenant": TENANT };
  const answer = await page.request.post(`${relink.url}/connect`, { form, maxRedirects: 0 });
  return new URL(answer.headers().location).searchParams.get("redirect_uri");
}

const api = async (path) => (await page.request.get(`${relink.url}/api/v1${path}`)).json();
const current = () => api(`/connections/${connection.id}`);
const isStatus = (status) => async () => (await current()).status === status;
const openNotices = async () => (await api("/notices")).items.filter((notice) => !notice.resolved_at);

async function signIn(login) {
  await page.getByPlaceholder("Enter any login").fill(login);
  await page.getByPlaceholder("and password").fill("secret");
  await page.getByRole("button", { name: "Sign-in" }).click();
  await page.getByRole("heading", { name: "Authorize" }).waitFor();
}

const consent = () => page.getByRole("button", { name: "Continue" }).click();

async function reconnect() {
  await page.goto(`${relink.url}/connections/${connection.id}`);
  await page.getByRole("main").getByRole("button", { name: /^Reconnect/ }).first().click();
  await page.getByRole("heading", { name: "Sign-in" }).waitFor();
}

// Every row that the provider has is here, once, and no other.
async function assertComplete() {
  await within(10_000, "no day is missing", async () => (await api(`/connections/${connection.id}/gaps`)).items.length === 0);
  const { items } = await api(`/connections/${connection.id}/records?dataset=visits&limit=500`);
  const rows = items.map((item) => item.data);
  const days = rows.map((row) => row.day).sort();
  const truth = visitsOf(ANA, (await current()).backfill_from, days.at(-1));
  const sorted = (list) => list.map(({ day, page, visits }) => `${day} ${page} ${visits}`).sort();
  assert.deepEqual(sorted(rows), sorted(truth));
}

test("the server wants PKCE from everybody, with S256", async () => {
  const parameters = { response_type: "code", scope: "openid", redirect_uri: provider.redirectUri, state: "s" };
  const without = await provider.authorize(parameters);
  assert.equal(without.searchParams.get("error"), "invalid_request");
  assert.match(without.searchParams.get("error_description"), /PKCE/);
  const challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  const plain = await provider.authorize({ ...parameters, code_challenge: challenge, code_challenge_method: "plain" });
  assert.equal(plain.searchParams.get("error"), "invalid_request");
  const s256 = await provider.authorize({ ...parameters, code_challenge: challenge, code_challenge_method: "S256" });
  assert.match(s256.pathname, /^\/interaction\//);
});

test("after login and consent on the provider's own pages, data arrives", async () => {
  await page.goto(`${relink.url}/connect?plugin=oidc`);
  await page.getByLabel("Tenant").fill("https://login.oidc.example");
  await page.getByRole("button", { name: "Continue to OpenID Connect" }).click();
  await page.getByText("look at the Tenant once more").waitFor();
  await screenshot(page, "oidc-0-tenant");
  await assertAccessible(page, "the form of a tenant that cannot be");
  await page.getByLabel("Tenant").fill(TENANT);
  await page.getByRole("button", { name: "Continue to OpenID Connect" }).click();
  await screenshot(page, "oidc-1-login");
  await signIn(ANA);
  await screenshot(page, "oidc-2-consent");
  await consent();
  await page.waitForURL(/\/connect\/auth_.*\/accounts/);
  await screenshot(page, "oidc-3-accounts");
  await assertAccessible(page, "the page of accounts");
  await page.getByLabel(ANA).check();
  await page.getByLabel("Whom are the numbers about?").selectOption("A new client");
  await page.getByLabel("Name of the new client").fill("Acme Outdoor");
  await page.getByRole("main").getByRole("button", { name: "Connect" }).click();
  await page.waitForURL(/\/clients\//);

  [connection] = (await api("/connections")).items;
  assert.deepEqual([connection.client_name, connection.account_id], ["Acme Outdoor", subjectOf(ANA)]);
  await within(20_000, "data has arrived", async () => (await current()).last_success_at !== null);
  await assertComplete();
  assert.deepEqual(provider.challengeMethods, ["S256"]);
  assert.equal(new URL(callback).searchParams.get("iss"), ISSUER, "the server says who it is, as RFC 9207 has it");
});

test("access tokens are renewed again and again, and no refresh token is used twice", async () => {
  const before = provider.data.answered;
  await within(30_000, "three refresh tokens are used up", () => provider.consumed.length >= 3);
  await within(5_000, "data came meanwhile", () => provider.data.answered > before);
  assert.equal(new Set(provider.consumed).size, provider.consumed.length);
  assert.deepEqual(provider.refusals, []);
  assert.equal((await current()).status, "connected");
  assert.deepEqual(await openNotices(), []);
});

test("another person's sign-in is refused, and the one that works goes on working", async () => {
  await reconnect();
  await signIn(BEN);
  await consent();
  await page.getByRole("heading", { name: `You signed in as ${BEN}` }).waitFor();
  await screenshot(page, "oidc-4-other-person");
  await assertAccessible(page, "the page about another person");
  const before = provider.data.answered;
  await within(10_000, "data comes with the old sign-in", () => provider.data.answered > before + 1);
  assert.equal((await api("/authorizations")).items[0].label, ANA);
  await assertComplete();
});

test("access that was withdrawn at the provider is one notice, and the provider is left alone", async () => {
  await page.goto(`${relink.url}/data-sources`);
  await provider.withdraw(ANA);
  await within(10_000, "the connection needs a person", isStatus("needs-reconnect"));
  const bell = page.getByRole("button", { name: /^Notifications/ });
  await within(5_000, "the bell tells", async () => /1 unread/.test(await bell.getAttribute("aria-label")));
  await bell.click();
  assert.equal(await page.locator("#tray .notice").count(), 1);
  await screenshot(page, "oidc-5-notice");
  const { items: [incident] } = await api("/incidents");
  assert.equal(incident.reason, "invalid-refresh-token");

  const asked = provider.requests;
  await page.waitForTimeout(3_000);
  assert.equal(provider.requests, asked, "the provider was asked on");
  assert.equal((await openNotices()).length, 1);
});

test("somebody who cancels on the consent page is told that nothing has changed", async () => {
  await reconnect();
  await signIn(ANA);
  await page.getByRole("link", { name: "Cancel" }).click();
  await page.getByRole("heading", { name: "OpenID Connect was not reconnected" }).waitFor();
  assert.equal(new URL(callback).searchParams.get("error"), "access_denied");
  await screenshot(page, "oidc-6-cancelled");
  await assertAccessible(page, "the page about cancelling");
  assert.equal((await current()).status, "needs-reconnect");
  await assertComplete();
});

test("one click, login and consent heal it in place", async () => {
  await page.goto(`${relink.url}/data-sources`);
  await page.getByRole("button", { name: /^Notifications/ }).click();
  await page.locator("#tray .notice").getByRole("button", { name: /^Reconnect/ }).click();
  await page.getByRole("heading", { name: "Sign-in" }).waitFor();
  assert.equal(await page.getByPlaceholder("Enter any login").inputValue(), ANA, "the provider is told who is wanted");
  await signIn(ANA);
  await consent();
  await page.locator("main").getByText("reconnected", { exact: false }).first().waitFor();
  await screenshot(page, "oidc-7-reconnected");
  await within(5_000, "it is healthy", isStatus("connected"));
  assert.deepEqual((await api("/connections")).items.map((item) => item.id), [connection.id]);
  assert.equal((await api("/authorizations")).items.length, 1);
  assert.deepEqual(await openNotices(), []);
  await assertComplete();
});

test("a callback that comes again does nothing, here or in another browser", async () => {
  const asked = provider.challengeMethods.length;
  const { authorized_at: before } = await current();
  const again = await page.goto(callback);
  assert.match(await page.locator("main").innerText(), /nothing left to do/);
  assert.equal(again.status(), 200);
  const stranger = await newPage();
  assert.equal((await stranger.goto(callback)).status(), 403);
  await stranger.getByRole("heading", { name: "This sign-in was started in another browser" }).waitFor();
  await screenshot(stranger, "oidc-8-replayed");
  await assertAccessible(stranger, "the page about another browser");
  await stranger.context().close();
  const forged = new URL(callback);
  forged.searchParams.set("state", "forged");
  assert.equal((await page.goto(forged.href)).status(), 400);
  assert.deepEqual([(await current()).authorized_at, provider.challengeMethods.length], [before, asked]);
});

test("a refresh token that a thief uses again ends the grant, and a person heals it", async () => {
  // Those of a grant that has ended are unknown to the server; this one must be known and used.
  const used = provider.consumed.length;
  await within(20_000, "a refresh token of the new grant is used up", () => provider.consumed.length > used);
  const before = provider.refusals.length;
  const stolen = await provider.refreshWith(provider.consumed.at(-1));
  assert.deepEqual([stolen.status, (await stolen.json()).error], [400, "invalid_grant"]);
  assert.deepEqual(provider.refusals.slice(before), ["refresh token already used"]);
  await within(10_000, "the connection needs a person", isStatus("needs-reconnect"));
  assert.equal((await openNotices()).length, 1);

  await reconnect();
  await signIn(ANA);
  await consent();
  await within(10_000, "it is healthy", isStatus("connected"));
  const renewed = provider.consumed.length;
  await within(20_000, "refreshing goes on", () => provider.consumed.length >= renewed + 2);
  assert.equal(new Set(provider.consumed).size, provider.consumed.length);
  await assertComplete();
  assert.equal(provider.refusals.filter((refusal) => /already used/.test(refusal)).length, 1, "only the thief used one twice");
  assert.deepEqual(problems, []);
});
