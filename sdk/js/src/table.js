// A dataset as a table of columns. The descriptor's schema, the primary key and the rows all follow
// from it, so they cannot contradict each other.

import { columnSchema, readColumn } from "./column.js";
import { checkOptions, requireOneOf, requireOptions } from "./options.js";

export function table(options) {
  const what = `table "${options.name}"`;
  checkOptions(what, options, ["name", "label", "columns", "daily", "windowDays", "restatedDays", "historyDays", "forAccounts"]);
  requireOptions(what, options, ["name", "label", "columns"]);
  requireOneOf(`${what}: daily`, options.daily, Object.keys(options.columns));
  return new Table(options);
}

export class Table {
  #columns;
  #keys;

  constructor({ name, label, columns, daily, windowDays, restatedDays, historyDays, forAccounts }) {
    this.name = name;
    this.#columns = Object.entries(columns).map(([column, kind]) => ({ ...kind, name: column }));
    this.#keys = this.#columns.filter(({ key }) => key).map((column) => column.name);
    const properties = Object.fromEntries(this.#columns.map((column) => [column.name, columnSchema(column)]));
    /** What the descriptor says about the dataset. */
    this.dataset = {
      name,
      label,
      primaryKey: this.#keys,
      rowSchema: JSON.stringify({ type: "object", properties, required: this.#keys }),
      accountKind: forAccounts,
      mode: daily === undefined
        ? { tag: "full" }
        : { tag: "daily", val: { dayField: daily, maxWindowDays: windowDays, restateDays: restatedDays ?? 0, historyDays } },
    };
  }

  /** The names of the columns, as for a `fields=` parameter. */
  get columnNames() {
    return this.#columns.map((column) => column.name);
  }

  /** The row of an item; undefined if a column of the key is missing in it. */
  row(item) {
    const row = {};
    const columns = this.#columns;
    for (let index = 0; index < columns.length; index += 1) {
      const column = columns[index];
      const value = readColumn(column, item);
      if (value === null && column.key) return undefined;
      row[column.name] = value;
    }
    return row;
  }
}
