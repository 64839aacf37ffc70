// What the commands say to somebody who made a mistake.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const BIN = fileURLToPath(new URL("../bin", import.meta.url));
const PACKAGE = '{"type": "module", "main": "src/plugin.ts"}';
let folder;

before(async () => {
  // Inside of the package, so that the SDK is found.
  folder = await mkdtemp(fileURLToPath(new URL("project-", import.meta.url)));
});

after(() => rm(folder, { recursive: true }));

async function run(command, files, ...args) {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(BIN, `${command}.js`), ...args], { cwd: folder, encoding: "utf8" });
  return { status, said: stdout + stderr };
}

async function check(source, expected) {
  const { status, said } = await run("relink-build", { "package.json": PACKAGE, "src/plugin.ts": source });
  assert.equal(status, 1);
  assert.match(said, expected);
}

test("a syntax error is shown with its line", () =>
  check("export default {\n  id: 'a' 'b',\n};", /src\/plugin\.ts:2:10[^]*id: 'a' 'b'/));

test("an import of what the sandbox does not have is explained", () =>
  check("import fs from 'node:fs';\nexport default fs;", /Could not resolve "node:fs"[^]*a plugin has no files/));

test("a package that is missing is named with its command", () =>
  check("import axios from 'axios';\nexport default axios;", /Could not resolve "axios"(?![^]*external)[^]*fix: npm install axios; a package that sends requests by itself cannot work/));

test("a package of a scope is named whole, and a file that is missing is left to esbuild", async () => {
  await check("import a from '@acme/tools/sums';\nexport default a;", /fix: npm install @acme\/tools;/);
  await check("import a from './sums.js';\nexport default a;", /Could not resolve "\.\/sums\.js"(?![^]*npm install)/);
});

test("a request while the module is loaded is refused, not sent", () =>
  check("const answer = await fetch('https://toy.example/');\nexport default answer;", /a plugin has no network[^]*src\/plugin\.ts:1/));

test("a module without a plugin is told how to export one", () =>
  check("export const a = 1;", /export default definePlugin/));

test("a mistake in the definition is shown with its line", () =>
  check('import { rule } from "@relink/sdk";\n\nexport default rule("x", "unknown", { stat: 1 });', /has no option "stat"[^]*src\/plugin\.ts:3/));

test("a project without an entry is told how to name one", async () => {
  const { status, said } = await run("relink-build", { "package.json": "{}" });
  assert.equal(status, 1);
  assert.match(said, /package\.json names no "main"/);
});

test("an unknown option is no stack trace", async () => {
  const { said } = await run("relink-build", {}, "--output", "x");
  assert.match(said, /^error: Unknown option '--output'/);
});

test("both commands explain themselves", async () => {
  for (const command of ["relink-build", "relink-test"]) {
    const { status, said } = await run(command, {}, "--help");
    assert.equal(status, 0);
    assert.match(said, new RegExp(`^Usage: ${command}`));
  }
});

test("a manifest that disagrees stops the build before the component is made", async () => {
  const source = `
    import { Auth, Flow, definePlugin } from "@relink/sdk";
    const nothing = () => Flow.nothing();
    export default definePlugin({ id: "toy", displayName: "Toy", version: "1.0.0", hosts: ["toy.example"], auth: [Auth.bearerKey()], probe: nothing, identify: nothing });
  `;
  const manifest = 'id = "toy"\nversion = "2.0.0"\nhosts = ["toy.example"]\n';
  const { status, said } = await run("relink-build", { "package.json": PACKAGE, "src/plugin.ts": source, "plugin.toml": manifest });
  assert.equal(status, 1);
  assert.match(said, /^error: the plugin is wrong:\n  plugin\.toml\.version: expected "1\.0\.0", found "2\.0\.0"/);
});

test("a loop without an end is a failed test", async () => {
  const source = `
    import { Auth, Fetch, definePlugin, get } from "@relink/sdk";
    const probe = () => { for (;;); };
    const identify = () => Fetch.identity(get("https://toy.example/me"), () => undefined);
    export default definePlugin({ id: "toy", displayName: "Toy", version: "1.0.0", hosts: ["toy.example"], auth: [Auth.bearerKey()], probe, identify });
  `;
  const fixture = JSON.stringify({ about: "it lives", operation: "probe" });
  const manifest = 'id = "toy"\nversion = "1.0.0"\nhosts = ["toy.example"]\n';
  const { status, said } = await run("relink-test", { "package.json": PACKAGE, "src/plugin.ts": source, "plugin.toml": manifest, "fixtures/a.json": fixture });
  assert.equal(status, 1);
  assert.match(said, /`probe` was not done after 2 s/);
});

test("a fixture that does not hold is a failed test with what differs", async () => {
  const source = `
    import { Auth, Fetch, definePlugin, get } from "@relink/sdk";
    const me = () => Fetch.identity(get("https://toy.example/me"), (me) => ({ subject: me.id, label: me.name }));
    export default definePlugin({ id: "toy", displayName: "Toy", version: "1.0.0", hosts: ["toy.example"], auth: [Auth.bearerKey()], probe: me, identify: me });
  `;
  const exchange = [{ answer: { status: 200, body: { id: 7, name: "Ann" } } }];
  const fixture = { about: "Ann", operation: "identify", exchange, found: { identity: { subject: "8", label: "Ann" } } };
  const { status, said } = await run("relink-test", {
    "package.json": PACKAGE,
    "src/plugin.ts": source,
    "plugin.toml": 'id = "toy"\nversion = "1.0.0"\nhosts = ["toy.example"]\n',
    "fixtures/a.json": JSON.stringify(fixture),
  });
  assert.equal(status, 1);
  assert.match(said, /identity\.subject: expected "8", found "7"/);
  assert.match(said, /no fixture for operation probe/);
});
