// What an operator does with plugins: install, look, approve, go back, switch off and on, remove.

import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { Relink } from "./support/relink.js";
import { changed, readPlugin } from "./support/plugins.js";
import { assertAccessible, launch, screenshot } from "./support/browser.js";

let relink;
let browser;
let page;
let first;
const problems = [];

before(async () => {
  first = await readPlugin("_template");
  relink = await Relink.start({ plugin: "copper", settings: "" });
  browser = await launch();
  page = await browser.newPage({ viewport: { width: 1320, height: 900 } });
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => {
    // A refusal is an answer with status 422, which browsers take for an error.
    const isRefusal = message.text().includes("status of 422");
    if (message.type() === "error" && !isRefusal) problems.push(`${message.text()} (${message.location().url})`);
  });
  await page.goto(relink.welcome);
  await page.getByLabel("Your name").fill("Olivia Stone");
  await page.getByLabel("E-mail").fill("olivia@northside.example");
  await page.getByLabel("Password").fill("correct horse battery staple");
  await page.locator("main form button").click();
  await page.waitForURL(/data-sources/);
});

after(async () => {
  await browser?.close();
  await relink?.stop();
});

const button = (name) => page.locator("main").getByRole("button", { name });
const text = () => page.locator("main").innerText();
const state = () => page.locator("dl.facts .status").first().innerText();

async function install(component) {
  await page.goto(`${relink.url}/plugins`);
  await page.getByRole("link", { name: "Install a plugin" }).click();
  await page.getByLabel(/^Plugin/).setInputFiles({ name: "acme.wasm", mimeType: "application/wasm", buffer: component });
  await button("Upload and check").click();
}

test("a file that is no plugin is refused with what was found, what was expected and how to fix it", async () => {
  await install(first.subarray(0, 1_000));
  await page.getByRole("heading", { name: "The plugin was refused" }).waitFor();
  for (const words of ["Gate", "Found", "Expected", "How to fix"]) assert.ok((await text()).includes(words), words);
  await screenshot(page, "plugins-1-refused");
  await assertAccessible(page, "a refusal");
});

test("a new plugin waits until its reach is approved", async () => {
  await install(first);
  await page.waitForURL(/\/plugins\/acme$/);
  const asks = page.getByRole("region", { name: /waits for approval/ });
  assert.match(await asks.innerText(), /talks to login\.acme\.example/);
  assert.match(await asks.innerText(), /has the host send access_token in header authorization/i);
  await screenshot(page, "plugins-2-first");
  await assertAccessible(page, "a new plugin that waits");
  await button("Approve 0.1.0").click();
  await page.getByText("in service").first().waitFor();
  assert.match(await state(), /Not set up|Running/);
});

test("a version that asks for a further host waits, and is approved by a click", async () => {
  await install(changed(first, { "0.1.0": "0.2.0", "login.acme.example": "logon.acme.example" }));
  await page.waitForURL(/\/plugins\/acme$/);
  const asks = await page.getByRole("region", { name: /Version 0\.2\.0 waits/ }).innerText();
  assert.match(asks, /talks to logon\.acme\.example/);
  assert.doesNotMatch(asks, /talks to api\.acme\.example/, "it tells what was granted before");
  assert.match(await page.locator(".head").innerText(), /Version 0\.1\.0/);
  await screenshot(page, "plugins-3-waits");
  await assertAccessible(page, "a version that waits");
  await button("Approve 0.2.0").click();
  await page.locator(".head", { hasText: "Version 0.2.0" }).waitFor();
});

test("one click goes back to the version before, for good", async () => {
  await button(/^Go back to 0\.1\.0/).click();
  await screenshot(page, "plugins-4-go-back");
  await assertAccessible(page, "the question before going back");
  await page.getByRole("alertdialog").getByRole("button", { name: "Go back" }).click();
  await page.locator(".head", { hasText: "Version 0.1.0" }).waitFor();
  assert.match(await page.locator("table.versions tr", { hasText: "0.2.0" }).innerText(), /Withdrawn/);
  assert.doesNotMatch(await page.locator("dl.reach").innerText(), /logon\.acme\.example/, "the grant outlives its version");
  await screenshot(page, "plugins-5-rolled-back");
  await assertAccessible(page, "a plugin");
});

test("a plugin is switched off and on again", async () => {
  await button("Switch off").click();
  await button("Switch on").waitFor();
  assert.match(await state(), /Switched off/);
  await page.goto(`${relink.url}/plugins`);
  await screenshot(page, "plugins-6-list");
  await assertAccessible(page, "the list of plugins");
  await page.getByRole("link", { name: /acme/ }).click();
  await button("Switch on").click();
  await button("Switch off").waitFor();
});

test("the pages hold at 320 pixels and in the dark", async () => {
  await install(changed(first, { "0.1.0": "0.3.0", "login.acme.example": "logan.acme.example" }));
  await page.waitForURL(/\/plugins\/acme$/);
  await page.emulateMedia({ colorScheme: "dark" });
  await page.setViewportSize({ width: 320, height: 800 });
  for (const path of ["/plugins", "/plugins/acme", "/plugins/install"]) {
    await page.goto(relink.url + path);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await screenshot(page, `plugins-7-small${path.replaceAll("/", "-")}`);
    assert.ok(overflow <= 0, `${path} is ${overflow} px too wide at 320 px`);
    await assertAccessible(page, `${path} in the dark`);
  }
  await page.emulateMedia({ colorScheme: "light" });
  await page.setViewportSize({ width: 1320, height: 900 });
});

test("what waits can be rejected, and a plugin removed", async () => {
  await page.goto(`${relink.url}/plugins/acme`);
  await button("Reject").click();
  await page.getByText("The version that waited is gone").waitFor();
  await button("Remove this plugin…").click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Remove it" }).click();
  await page.waitForURL(/\/plugins$/);
  assert.equal(await page.locator("table.plugins tr", { hasText: "acme" }).count(), 0);
  assert.deepEqual(problems, []);
});
