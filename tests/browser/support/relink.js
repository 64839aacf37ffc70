// Starts `relink serve` as an operator does: with a settings file, and a plugin in its folder.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { copyFile, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment, freePort, required } from "./surroundings.js";

const START_MS = 120_000;

// What takes hours in life takes less than a second here.
const HURRY = `
[scheduler]
tick = "50ms"
interval = "400ms"
backfill_days = 9

[policy]
confirm_after = "300ms"
retry_first = "300ms"
retry_most = "1s"
heal_probe = "1s"
[plugin_trust]
mode = "unsigned"
`;

export class Relink {
  // `plugin` is the name of a component, `settings` is TOML besides what every server here has.
  static async start({ plugin, settings }) {
    const relink = new Relink();
    relink.folder = await mkdtemp(join(tmpdir(), "relink-browser-"));
    const port = await freePort();
    relink.url = `http://127.0.0.1:${port}`;
    await relink.#install(plugin);
    const file = join(relink.folder, "relink.toml");
    const place = `listen = "127.0.0.1:${port}"\ndata_dir = ${JSON.stringify(relink.folder)}\n`;
    await writeFile(file, `${place}${HURRY}${settings}`, { mode: 0o600 });
    const options = { stdio: ["ignore", "pipe", "inherit"], env: { ...environment(), RELINK_LOG__FILTER: "warn" } };
    relink.child = spawn(required("RELINK_BIN"), ["--config", file, "serve"], options);
    relink.ended = new Promise((resolve) => relink.child.once("exit", resolve));
    relink.welcome = await relink.#welcomeLink();
    return relink;
  }

  async #install(plugin) {
    const plugins = join(this.folder, "plugins");
    await mkdir(plugins);
    await copyFile(join(required("RELINK_TEST_PLUGINS"), `${plugin}.wasm`), join(plugins, `${plugin}.wasm`));
  }

  // An empty server prints a link with which the owner's account is made.
  async #welcomeLink() {
    const late = new Promise((_, reject) => setTimeout(reject, START_MS, new Error("the server did not start")).unref());
    const ended = this.ended.then((code) => { throw new Error(`the server ended with ${code}`); });
    const found = (async () => {
      for await (const line of createInterface({ input: this.child.stdout })) {
        if (/^http\S+\/welcome\/\S+$/.test(line)) return line;
      }
      throw new Error("the server printed no link for the owner");
    })();
    return Promise.race([found, ended, late]);
  }

  async stop() {
    this.child.kill("SIGTERM");
    await this.ended;
    await rm(this.folder, { recursive: true });
  }
}
