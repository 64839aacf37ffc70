// Write a Relink plugin: a table of columns, a table of errors, and functions that say which request
// to send.

export { Auth } from "./auth.js";
export { Column } from "./column.js";
export { rule } from "./diagnose/rule.js";
export { each } from "./flow/each.js";
export { Fetch } from "./flow/fetch.js";
export { Flow } from "./flow/flow.js";
export { report } from "./flow/report.js";
export { Inbound, Signal } from "./inbound.js";
export { Items } from "./items.js";
export { at, parse, stringify, textAt } from "./json.js";
export { log } from "./log.js";
export { Pages } from "./pages.js";
export { definePlugin } from "./plugin.js";
export { get, post } from "./request.js";
export { table } from "./table.js";
export { dayPlus, eachDay } from "./time.js";
