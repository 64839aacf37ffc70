// kill -9 between the steps of the main job: whoever comes back to it goes on where things stood.

import { test, before, after } from "node:test";
import assert from "node:assert/strict";
import { Demo } from "./support/demo.js";
import { launch, within } from "./support/browser.js";

const ANA = "ana@northside.example";

let demo;
let browser;
let page;

before(async () => {
  demo = await Demo.start();
  browser = await launch();
  page = await browser.newPage();
  await page.goto(`${demo.url}/`);
});

after(async () => {
  await browser?.close();
  await demo?.stop();
});

async function killAndStartAgain() {
  const { dataDir, port, simulator } = demo;
  await demo.stop("SIGKILL");
  demo = await Demo.start({ dataDir, port });
  assert.equal(demo.simulator, simulator, "the simulator has another address");
}

async function ofAna() {
  const answer = await page.request.get(`${demo.url}/api/v1/connections?limit=100`);
  const { items } = await answer.json();
  return items.filter((item) => item.provider === "google" && item.authorization_label === ANA);
}

const all = (status) => async () => {
  const found = await ofAna();
  return found.length === 3 && found.every((item) => item.status === status);
};

async function rowsOf(connection) {
  const path = `/api/v1/connections/${connection.id}/records?dataset=campaign_performance&limit=500`;
  const { items } = await (await page.request.get(demo.url + path)).json();
  return items.map((item) => item.key);
}

test("a kill -9 between any two steps of the main job loses nothing and doubles nothing", async () => {
  await within(60_000, "all three are healthy", all("connected"));
  await killAndStartAgain();
  await within(20_000, "they are healthy after a kill in the middle of syncing", all("connected"));

  await demo.breakProvider({ provider: "google", login: ANA, fault: "revoked" });
  await killAndStartAgain();
  await within(20_000, "the breakage is found after a kill before it was noticed", all("needs-reconnect"));
  await killAndStartAgain();
  assert.ok(await all("needs-reconnect")(), "the incident was lost");

  await page.goto(`${demo.url}/data-sources`);
  await page.getByRole("button", { name: /^Reconnect/ }).first().click();
  await page.waitForURL(/accounts\.google\.com/);
  await killAndStartAgain();
  await page.locator("#login-ana").check();
  await page.locator("#allow").click();
  await page.waitForURL(`${demo.url}/**`);
  await killAndStartAgain();
  await within(20_000, "all three are healed after a kill right after the consent", all("connected"));

  for (const connection of await ofAna()) {
    await within(20_000, "no day is missing", async () => {
      const answer = await page.request.get(`${demo.url}/api/v1/connections/${connection.id}/gaps`);
      return (await answer.json()).items.length === 0;
    });
    const keys = await rowsOf(connection);
    assert.ok(keys.length > 0, "there are no rows");
    assert.equal(new Set(keys).size, keys.length, "a row is there twice");
  }
});
