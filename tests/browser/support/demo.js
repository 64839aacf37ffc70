// Starts `relink demo` as a person does, and stops it again.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { environment, freePort, required } from "./surroundings.js";

const START_MS = 120_000;

export class Demo {
  static async start({ dataDir, port } = {}) {
    const demo = new Demo();
    demo.dataDir = dataDir ?? (await mkdtemp(join(tmpdir(), "relink-browser-")));
    demo.port = port ?? (await freePort());
    demo.url = `http://127.0.0.1:${demo.port}`;
    const flags = ["--plugins", required("RELINK_TEST_PLUGINS"), "--simulator-bin", required("RELINK_SIMULATOR_BIN")];
    const place = ["--listen", `127.0.0.1:${demo.port}`, "--data-dir", demo.dataDir];
    const options = { stdio: ["ignore", "pipe", "inherit"], env: environment() };
    demo.child = spawn(required("RELINK_BIN"), ["demo", ...flags, ...place], options);
    demo.ended = new Promise((resolve) => demo.child.once("exit", resolve));
    demo.simulator = await demo.#simulatorAddress();
    return demo;
  }

  // The second of the three lines that the demo prints names the simulator.
  async #simulatorAddress() {
    const late = new Promise((_, reject) => setTimeout(reject, START_MS, new Error("the demo did not start")).unref());
    const ended = this.ended.then((code) => { throw new Error(`the demo ended with ${code}`); });
    const found = (async () => {
      for await (const line of createInterface({ input: this.child.stdout })) {
        const match = /^Break a provider:\s+(http\S+?)\/?$/.exec(line);
        if (match) return match[1];
      }
      throw new Error("the demo printed no address of the simulator");
    })();
    return Promise.race([found, ended, late]);
  }

  async breakProvider(fault) {
    await this.#post("/_sim/fault", fault);
  }

  async heal(what) {
    await this.#post("/_sim/heal", what);
  }

  async #post(path, body) {
    const headers = { "content-type": "application/json" };
    const answer = await fetch(this.simulator + path, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  }

  async count(prefix) {
    const answer = await fetch(`${this.simulator}/_sim/count?prefix=${encodeURIComponent(prefix)}`);
    return (await answer.json()).count;
  }

  async stop(signal = "SIGTERM") {
    this.child.kill(signal);
    await this.ended;
  }
}
