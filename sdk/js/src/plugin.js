// From a definition to a plugin: the descriptor, and the functions that the host calls. Mistakes in
// the definition are found here, when the plugin is built or tested.

import { Failure, Message } from "./answer.js";
import { Context } from "./context.js";
import { grantOf } from "./diagnose/grant.js";
import { brokenPlugin, diagnose } from "./diagnose/table.js";
import { log, traced } from "./log.js";
import { BUDGET_KEYS } from "./names.js";
import { checkOptions, requireOneOf, requireOptions } from "./options.js";
import { failingWithoutSetting, step } from "./step.js";

const OPTIONS = [
  "id", "displayName", "version", "aliases", "hosts", "requires", "auth", "tables", "budgets", "configSchema", "help",
  "inbound", "errors", "probe", "identify", "accounts", "sync", "refusal", "throttle", "classify", "step", "migrate", "receive",
];

/** Makes a plugin of its definition. */
export function definePlugin(definition) {
  const what = `plugin "${definition.id}"`;
  checkOptions(what, definition, OPTIONS);
  requireOptions(what, definition, ["id", "displayName", "version", "hosts", "auth", "probe", "identify"]);
  return new Plugin({ errors: [], tables: [], sync: {}, ...definition });
}

export class Plugin {
  #definition;

  constructor(definition) {
    this.#definition = definition;
    this.descriptor = describe(definition);
    checkSync(definition);
    checkMessages(definition);
  }

  get displayName() {
    return this.descriptor.displayName;
  }

  /** The codes of all rules, so that a test can ask for a fixture for each. */
  get codes() {
    return this.#definition.errors.map(({ code }) => `${this.descriptor.id}.${code}`);
  }

  /** Says what broke. Total: it has an answer to any bytes. */
  classify(contractFailure) {
    const failure = new Failure(contractFailure);
    const identity = { id: this.descriptor.id, displayName: this.displayName };
    try {
      const usual = () => diagnose(identity, this.#definition.errors, failure, grantOf(this.descriptor, failure));
      return this.#definition.classify?.(failure, usual) ?? usual();
    } catch (error) {
      log.error(`classify broke: ${traced(error)}`);
      return brokenPlugin(identity, failure);
    }
  }

  /** Goes one step on from a state. */
  step(contractContext, state, event) {
    const context = new Context(contractContext);
    const stepped = () => this.#definition.step?.(context, state, event) ?? step(this.#definition, context, state, event);
    return failingWithoutSetting(state, stepped);
  }

  /** The state of another version in the form of this one; undefined if it is of no use. */
  migrate(version, state) {
    return this.#definition.migrate?.(version, state) ?? undefined;
  }

  /** What a message of the provider means. */
  receive(contractMessage) {
    return this.#definition.receive?.(new Message(contractMessage)) ?? [];
  }
}

function describe(definition) {
  const { id, displayName, version, aliases = [], hosts, requires = [], auth, tables, budgets = [], configSchema, inbound, help } = definition;
  return {
    id,
    displayName,
    aliases,
    version,
    requires,
    hosts,
    auth,
    datasets: tables.map(({ dataset }) => dataset),
    budgets: budgets.map((budget) => rateBudget(budget, hosts)),
    configSchema: JSON.stringify(configSchema ?? { type: "object", properties: {} }),
    inbound,
    helpUrl: help,
  };
}

function rateBudget(options, hosts) {
  const what = `budget "${options.name}"`;
  checkOptions(what, options, ["name", "calls", "perMs", "key"]);
  requireOptions(what, options, ["name", "calls", "perMs", "key"]);
  requireOneOf(`${what}: key`, options.key, BUDGET_KEYS);
  return { name: options.name, calls: options.calls, perMs: options.perMs, hosts, key: options.key };
}

/** Messages are proven before they are read, and read if they are proven. */
function checkMessages({ id, inbound, receive }) {
  if (inbound === undefined && receive !== undefined) throw new TypeError(`plugin "${id}" has "receive", but no "inbound" says how messages are proven`);
  if (inbound !== undefined && receive === undefined) throw new TypeError(`plugin "${id}" has "inbound", but no "receive" reads the messages`);
}

/** A plugin with a `step` of its own chooses its requests there. */
function checkSync({ id, tables, sync, step: ownStep }) {
  if (ownStep !== undefined) return;
  const unsynced = tables.find(({ name }) => sync[name] === undefined);
  if (unsynced !== undefined) throw new TypeError(`plugin "${id}": table "${unsynced.name}" has no function in "sync"`);
  const untabled = Object.keys(sync).find((name) => !tables.some((table) => table.name === name));
  if (untabled !== undefined) throw new TypeError(`plugin "${id}": "sync" has "${untabled}", but "tables" has no table of this name`);
}
