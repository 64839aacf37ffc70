// The Ahrefs example as a component: it answers every fixture of the Rust plugin as it does natively.

import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "../src/build/index.js";
import { readFixtures } from "../src/testing/fixture.js";
import { checkFixture } from "../src/testing/index.js";
import { sandboxed } from "./support/sandbox.js";

const EXAMPLE = fileURLToPath(new URL("../examples/ahrefs", import.meta.url));
const FIXTURES = fileURLToPath(new URL("../../../plugins/ahrefs/fixtures", import.meta.url));

const MESSENGER = `
  import { Auth, Flow, Inbound, Signal, definePlugin } from "@relink/sdk";
  const nothing = () => Flow.nothing();
  const proof = { label: "Webhook URL", secret: "secret", header: "x-signature", sentAt: { header: "x-sent-at", toleranceS: 300 } };
  const mark = new TextEncoder().encode("new:");
  export default definePlugin({
    id: "messenger", displayName: "Messenger", version: "1.0.0", hosts: ["toy.example"], auth: [Auth.bearerKey()], probe: nothing, identify: nothing,
    inbound: Inbound.hmac({ ...proof, content: [{ header: "x-sent-at" }, "body"] }),
    receive: (message) => [Signal.failed({ subject: message.json().user }, { at: message.now }), Signal.restored({ account: message.query[0].value })],
    migrate(version, state) {
      if (version === "2.0.0") throw new Error("a bug");
      return version === "0.9.0" ? Uint8Array.from([...mark, ...state]) : undefined;
    },
  });
`;

let plugin;

before(async () => {
  const folder = await mkdtemp(join(tmpdir(), "relink-"));
  const out = join(folder, "ahrefs.wasm");
  await build({ folder: EXAMPLE, out });
  plugin = await sandboxed(await readFile(out));
  await rm(folder, { recursive: true });
});

test("in the sandbox, messages are read, states are taken over, and an error names its line", async () => {
  // Inside of the package, so that the SDK is found.
  const folder = await mkdtemp(fileURLToPath(new URL("project-", import.meta.url)));
  try {
    await writeFile(join(folder, "messenger.js"), MESSENGER);
    await build({ folder, entry: "messenger.js" });
    const heard = [];
    const messenger = await sandboxed(await readFile(join(folder, "dist/messenger.wasm")), heard);
    const { sentAt } = messenger.descriptor.inbound.proof.val;
    assert.deepEqual(sentAt, { source: { tag: "header", val: "x-sent-at" }, milliseconds: false, toleranceS: 300 });
    const body = new TextEncoder().encode('{"user": "42"}');
    assert.deepEqual(messenger.receive({ now: 1_700_000_000_000, headers: [], query: [{ name: "a", value: "act_1" }], body }), [
      { about: { tag: "subject", val: "42" }, event: "failed", at: 1_700_000_000_000 },
      { about: { tag: "account", val: "act_1" }, event: "restored", at: undefined },
    ]);
    assert.equal(new TextDecoder().decode(messenger.migrate("0.9.0", new TextEncoder().encode("page"))), "new:page");
    assert.equal(messenger.migrate("0.8.0", new Uint8Array()), undefined);
    assert.throws(() => messenger.migrate("2.0.0", new Uint8Array()));
    const broken = MESSENGER.split("\n").findIndex((line) => line.includes("a bug")) + 1;
    assert.match(heard.join(), new RegExp(`a bug[^]*\\bmessenger\\.js:${broken}\\b`), "the log names the author's own line");
    assert.equal(plugin.migrate("0.8.0", new Uint8Array()), undefined);
    assert.deepEqual(plugin.receive({ now: 0, headers: [], query: [], body }), []);
  } finally {
    await rm(folder, { recursive: true });
  }
});

for (const file of await readdir(FIXTURES)) {
  for (const fixture of readFixtures(await readFile(join(FIXTURES, file), "utf8"))) {
    test(`in the sandbox, ${file}: ${fixture.about}`, () => {
      assert.deepEqual(checkFixture(plugin, fixture), []);
    });
  }
}
