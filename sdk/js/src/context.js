// What the host says about a call, as authors read it: settings, account, days.

import { isObject, parse, scalar } from "./json.js";
import { dayOf } from "./time.js";

/** A setting is missing without which there is no request. */
export class MissingSetting extends Error {}

export class Context {
  #settings;

  constructor({ now, seed, config, authMethod, account }) {
    /** Unix milliseconds. */
    this.now = Number(now);
    this.seed = seed;
    this.authMethod = authMethod;
    /** The account of the connection, or an empty text if it has none. */
    this.account = account ?? "";
    this.#settings = settings(config);
  }

  /** A text among the connection's settings. */
  setting(name) {
    return Object.hasOwn(this.#settings, name) ? scalar(this.#settings[name]) : undefined;
  }

  /** A text among the settings without which nothing can be asked; where it is missing, the step fails. */
  require(name) {
    const value = this.setting(name);
    if (!value) throw new MissingSetting(`the connection has no setting "${name}", which the plugin needs`);
    return value;
  }

  /** The day it is in UTC. */
  get today() {
    return dayOf(this.now);
  }
}

function settings(config) {
  try {
    const document = parse(config);
    return isObject(document) ? document : {};
  } catch {
    return {};
  }
}

/** The slice of an operation, with empty days for a dataset that is read whole. */
export function sliceOf({ dataset, window }) {
  return { dataset, since: window?.since ?? "", until: window?.until ?? "" };
}

