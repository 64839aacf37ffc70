// The main job in a real browser: a login is revoked, people are told, one click heals everything.

import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { Demo } from "./support/demo.js";
import { assertAccessible, launch, screenshot, within } from "./support/browser.js";

const CLIENTS = ["Acme Outdoor", "Bluebird Cafe", "Cobalt Systems"];
const ANA = "ana@northside.example";

let demo;
let browser;
let page;
const problems = [];

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1320, height: 900 } });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    const { url } = message.location();
    if (message.type() === "error" && url.startsWith(demo.url)) problems.push(`${message.text()} (${url})`);
  });
  await page.goto(`${demo.url}/`);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

const bell = () => page.getByRole("button", { name: /^Notifications/ });
const rows = (text) => page.locator("table.sources tbody tr", { hasText: text });
const api = async (path) => (await page.request.get(`${demo.url}/api/v1${path}`)).json();

async function connections(provider, login) {
  const list = (await api("/connections?limit=100")).items;
  return list.filter((item) => item.provider === provider && (!login || item.authorization_label === login));
}

// checklist: 40
test("the demo signs in by itself and every data source gets connected", async () => {
  await page.waitForURL(/data-sources/);
  await within(60_000, "every row is connected", async () => {
    await page.reload();
    const all = await rows("").count();
    return all >= 12 && (await rows("Connected").count()) === all;
  });
  await screenshot(page, "1-healthy");
  await assertAccessible(page, "the healthy table");
});

// checklist: 21
test("the bell is at the top right of every page", async () => {
  const client = (await api("/clients?limit=1")).items[0];
  const [connection] = await connections("google", ANA);
  for (const path of ["/clients", `/clients/${client.id}/data-sources`, `/connections/${connection.id}`, "/connect",
    "/notices", "/plugins", "/settings", "/help/reasons/unknown", "/data-sources"]) {
    await page.goto(demo.url + path);
    const box = await bell().boundingBox();
    assert.ok(box && box.y < 90 && box.x > 1320 * 0.75, `${path} has its bell at ${JSON.stringify(box)}`);
  }
});

// checklist: 2, 22, 23, 24, 29, 31, 32, 33, 34, 39
test("a revoked Google login is one notice that names three clients, without reload", async () => {
  await page.evaluate(() => { globalThis.stillTheSamePage = true; });
  assert.equal(await page.locator("#bell .dot").count(), 0, "there is a dot before anything happened");
  await demo.breakProvider({ provider: "google", login: ANA, fault: "revoked" });
  const took = await within(5_000, "the bell tells", async () => /1 unread/.test(await bell().getAttribute("aria-label")));
  console.log(`# notice after ${took} ms`);
  assert.ok(await page.locator("#bell .dot").isVisible(), "there is no dot");

  const address = page.url();
  await bell().click();
  const entries = page.locator("#tray .notice");
  assert.equal(await entries.count(), 1);
  assert.ok(await entries.first().isVisible(), "the panel is not open");
  assert.equal(page.url(), address);
  assert.equal(await page.evaluate(() => globalThis.stillTheSamePage), true, "the page was left or reloaded");
  assert.ok(await entries.first().locator("time").isVisible(), "there is no date");
  assert.ok(await entries.first().getByRole("button", { name: /^Reconnect/ }).isVisible(), "there is no Reconnect");
  const entry = await entries.first().innerText();
  for (const name of [...CLIENTS, "Google", ANA]) assert.ok(entry.includes(name), `${name} is not in: ${entry}`);
  await screenshot(page, "2-tray");
  await assertAccessible(page, "the tray");
  assert.equal(await rows("Needs reconnect").count(), 3);
  assert.equal((await rows(ANA).filter({ hasText: "Google" }).filter({ hasText: "Needs reconnect" }).count()), 3);

  const calls = await demo.count("googleads.googleapis.com");
  await page.waitForTimeout(3_000);
  assert.equal(await demo.count("googleads.googleapis.com"), calls, "a broken connection was called");
});

// checklist: 41, 42, 44, 45
test("a click on the status column puts what is broken at the top, with a menu at the right", async () => {
  await page.goto(`${demo.url}/data-sources?sort=-client`);
  const head = page.getByRole("columnheader", { name: "Status" });
  assert.equal(await head.getAttribute("aria-sort"), null);
  await head.getByRole("link").click();
  await within(5_000, "the table is ordered", async () => (await head.getAttribute("aria-sort")) === "ascending");
  for (const place of [0, 1, 2]) assert.match(await rows("").nth(place).innerText(), /Needs reconnect/);
  const row = rows("").first();
  const menu = row.getByRole("button", { name: /^Actions for/ });
  const [box, whole] = [await menu.boundingBox(), await row.boundingBox()];
  assert.ok(box.x + box.width > whole.x + whole.width - 40, "the menu is not at the right of its row");
  await menu.click();
  assert.ok(await page.getByRole("menuitem", { name: "Reconnect" }).isVisible());
  await page.keyboard.press("Escape");
});

// checklist: 35, 36, 46, 47, 103, 104, 105, 107, 108
test("one click opens the provider, and after consent all three are healthy and filled", async () => {
  await bell().click();
  await page.locator("#tray .notice").getByRole("button", { name: /^Reconnect/ }).click();
  await page.waitForURL(/accounts\.google\.com/);
  await screenshot(page, "3-consent");
  await page.locator("#login-ana").check();
  await page.locator("#allow").click();
  await page.waitForURL(`${demo.url}/**`);
  await page.locator("main").getByText("Reconnected", { exact: false }).first().waitFor();
  await screenshot(page, "4-reconnected");
  await assertAccessible(page, "the connection page");

  const took = await within(5_000, "all three are healthy with fresh data", async () => {
    const all = await connections("google", ANA);
    return all.length === 3 && all.every((item) => item.status === "connected");
  });
  console.log(`# healthy after ${took} ms`);
  for (const connection of await connections("google", ANA)) {
    await within(10_000, "no day is missing", async () => (await api(`/connections/${connection.id}/gaps`)).items.length === 0);
  }
});

// checklist: 86, 87
test("Ahrefs' lapsed subscription says so and heals without a new key", async () => {
  await page.goto(`${demo.url}/data-sources`);
  await demo.breakProvider({ provider: "ahrefs", key: "acme", fault: "subscription-lapsed" });
  await within(10_000, "the table tells", async () => (await rows("Ahrefs").filter({ hasText: "Needs action" }).count()) === 1);
  await rows("Ahrefs").filter({ hasText: "Needs action" }).locator("a.source").click();
  const text = await page.locator("main").innerText();
  assert.match(text, /active .*subscription|subscription .*active|plan/i);
  await screenshot(page, "5-ahrefs");
  await assertAccessible(page, "the Ahrefs page");
  await demo.heal({ provider: "ahrefs", key: "acme" });
  await page.getByRole("button", { name: /Check again/ }).first().click();
  await within(10_000, "Ahrefs is healthy", async () => (await connections("ahrefs")).every((item) => item.status === "connected"));
});

// checklist: 68, 88
test("Copper's deleted key says so and is replaced in place", async () => {
  const before = (await connections("copper"))[0];
  await demo.breakProvider({ provider: "copper", key: "cobalt", fault: "key-deleted" });
  await within(10_000, "Copper breaks", async () => (await connections("copper"))[0].status !== "connected");
  await page.goto(`${demo.url}/connections/${before.id}`);
  assert.match(await page.locator("main").innerText(), /key was deleted|deleted or/i);
  await screenshot(page, "6-copper");
  const made = await page.request.post(`${demo.simulator}/_sim/keys`, { data: { provider: "copper", key: "cobalt" } });
  const { secret, email } = await made.json();
  for (const input of await page.locator('form[action$="/secrets"] input[name^="secret."]').all()) {
    const name = await input.getAttribute("name");
    await input.fill(/email|user/.test(name) ? email : secret);
  }
  await page.locator('form[action$="/secrets"] button').click();
  await within(10_000, "Copper is healthy", async () => (await connections("copper"))[0].status === "connected");
  assert.equal((await connections("copper"))[0].id, before.id);
});

test("pages hold at 320 pixels and in the dark, and the browser has nothing to complain of", async () => {
  const small = await browser.newPage({ viewport: { width: 320, height: 800 }, colorScheme: "dark" });
  for (const path of ["/data-sources", "/notices", "/clients", "/plugins", "/settings", "/help/reasons/invalid-refresh-token"]) {
    await small.goto(`${demo.url}${path === "/data-sources" ? "/" : path}`);
    const overflow = await small.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    assert.ok(overflow <= 0, `${path} is ${overflow} px too wide at 320 px`);
    await assertAccessible(small, `${path} in the dark`);
    await screenshot(small, `7-small${path.replaceAll("/", "-")}`);
  }
  await small.close();
  assert.deepEqual(problems, []);
});
