// What each file of sdk/conformance asks for, in this SDK. Nothing here needs Node, so that the cases
// can also run in the engine of the sandbox.

import { dayPlus, eachDay, parse } from "@relink/sdk";

import { Failure, Message } from "../../src/answer.js";
import { decode, encode } from "../../src/bytes.js";
import { readColumn } from "../../src/column.js";
import { Context } from "../../src/context.js";
import { grantOf } from "../../src/diagnose/grant.js";
import { diagnose } from "../../src/diagnose/table.js";
import { Unreadable } from "../../src/items.js";
import { differences } from "../../src/testing/diff.js";
import { runExchange } from "../../src/testing/exchange.js";
import { wrongDiagnosis } from "../../src/testing/expected.js";
import { contextOf, failureOf, messageOf } from "../../src/testing/fixture.js";
import { runMessage } from "../../src/testing/message.js";
import { asContract, authOf, definitionOf } from "./descriptor.js";
import { acme, columnOf, itemsOf, messenger, migrating, only, requestOf, ruleOf, tableOf, toy } from "./read.js";

/** For each file, what differs in a case; nothing if it holds. */
export const BLOCKS = {
  columns({ column, item, item_text: itemText, value, value_text: valueText, ...rest }) {
    only(rest, ["about"]);
    const expected = valueText === undefined ? value : parse(valueText);
    return differences("value", expected, readOf(column, itemText === undefined ? item : parse(itemText)));
  },

  tables({ table, items, rows, dataset, ...rest }) {
    only(rest, ["about"]);
    const made = tableOf(table);
    return [
      ...(rows ? differences("rows", rows, items.map((item) => made.row(item)).filter(Boolean)) : []),
      ...(dataset ? differences("dataset", dataset, asContract(made.dataset)) : []),
    ];
  },

  items({ items, body, chunks, found, fails = false, ...rest }) {
    only(rest, ["about"]);
    const read = () => (chunks === undefined ? itemsOf(items).decode(encode(body)).items : inChunks(itemsOf(items), chunks));
    return differences("found", fails ? "no items" : found, fails ? attempt(read) : read());
  },

  requests({ request, sent, ...rest }) {
    only(rest, ["about"]);
    const { body, ...made } = requestOf(request);
    const text = body && decode(body);
    const isJson = typeof sent.body === "object";
    return differences("sent", sent, asContract({ ...made, body: text && isJson ? parse(text) : text }));
  },

  flows({ flow, refusal, why, operation = { sync: { dataset: "things" } }, ...fixture }) {
    only(fixture, ["about", "context", "exchange", "found", "ends", "diagnosis"]);
    const reasons = [];
    const plugin = toy(flow, refusal);
    const watched = {
      descriptor: plugin.descriptor,
      classify: (failure) => plugin.classify(failure),
      step(...event) {
        const out = plugin.step(...event);
        if (out.next.tag === "failed") reasons.push(out.next.val);
        return out;
      },
    };
    const wrong = runExchange(watched, { ...fixture, operation });
    const isWhy = why === undefined || reasons.some((reason) => reason.includes(why));
    return isWhy ? wrong : [...wrong, `why: expected "${why}", found "${reasons}"`];
  },

  waits({ failure, ms, ...rest }) {
    only(rest, ["about"]);
    return differences("ms", ms, new Failure(failureOf(failure)).retryAfterMs());
  },

  readings({ failure, json, is_html: isHtml, body_param: bodyParams = {}, redirect_param: redirectParams = {}, header: headers = {}, ...rest }) {
    only(rest, ["about"]);
    const made = new Failure(failureOf(failure));
    const each = (what, wanted, read) => Object.entries(wanted).flatMap(([name, value]) => differences(`${what} ${name}`, value, read(name)));
    return [
      ...(json === undefined ? [] : differences("json", json, made.json())),
      ...(isHtml === undefined ? [] : differences("is_html", isHtml, made.isHtml())),
      ...each("body_param", bodyParams, (name) => made.bodyParam(name)),
      ...each("redirect_param", redirectParams, (name) => made.redirectParam(name)),
      ...each("header", headers, (name) => made.header(name)),
    ];
  },

  diagnoses({ rules = [], grant, failure, diagnosis, ...rest }) {
    only(rest, ["about"]);
    const plugin = { id: "acme", displayName: "Acme" };
    return wrongDiagnosis(diagnosis, diagnose(plugin, rules.map(ruleOf), new Failure(failureOf(failure)), grant));
  },

  grants({ auth, failure, grant, ...rest }) {
    only(rest, ["about"]);
    const { descriptor } = acme({ auth: auth.map(authOf) });
    return differences("grant", grant, grantOf(descriptor, new Failure(failureOf(failure))));
  },

  descriptors({ plugin, descriptor, ...rest }) {
    only(rest, ["about"]);
    return differences("descriptor", descriptor, asContract(acme(definitionOf(plugin)).descriptor));
  },

  messages({ message, receive, rules, signals, diagnosis, json, text, header: headers = {}, ...rest }) {
    only(rest, ["about"]);
    const read = new Message(messageOf(message));
    return [
      ...runMessage(messenger({ receive, rules }), { message, signals, diagnosis }),
      ...(json === undefined ? [] : differences("json", json, read.json())),
      ...(text === undefined ? [] : differences("text", text, read.text())),
      ...Object.entries(headers).flatMap(([name, value]) => differences(`header ${name}`, value, read.header(name))),
    ];
  },

  migrations({ takes_over: marks, version, state, migrated, ...rest }) {
    only(rest, ["about"]);
    const found = migrating(marks).migrate(version, encode(state));
    return differences("migrated", migrated, found && decode(found));
  },

  context({ context, setting = {}, today, day_plus: dayAndDays, day, window, days, ...rest }) {
    only(rest, ["about"]);
    const made = new Context(contextOf(context));
    return [
      ...Object.entries(setting).flatMap(([name, value]) => differences(name, value, made.setting(name))),
      ...(today === undefined ? [] : differences("today", today, made.today)),
      ...(dayAndDays === undefined ? [] : differences("day", day, dayPlus(...dayAndDays))),
      ...(window === undefined ? [] : differences("days", days, eachDay({ since: window[0], until: window[1] }))),
    ];
  },
};

/** What a column reads. One that this SDK refuses to make, since it has no JSON pointer, reads nothing. */
function readOf(written, item) {
  try {
    const [, column] = columnOf(written);
    return readColumn(column, item);
  } catch (error) {
    if (error.message.includes("is no JSON pointer")) return null;
    throw error;
  }
}

function inChunks(items, chunks) {
  const found = [];
  let header;
  for (const chunk of chunks) {
    const taken = items.decodeChunk(encode(chunk), header);
    found.push(...taken.items);
    header = taken.header;
  }
  return found;
}

/** What is read, or that it cannot be. */
function attempt(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return "no items";
    throw error;
  }
}
