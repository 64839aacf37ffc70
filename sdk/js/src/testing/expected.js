// What a fixture expects to come out.

import { parse } from "../json.js";
import { differences, shown } from "./diff.js";

const NAMED = {
  reason: "reason", code: "code", cause: "cause", certainty: "certainty", blast: "blast", actor: "actor", remedy: "remedy",
  help_url: "helpUrl", retry_after_ms: "retryAfterMs", message: "message",
};

/** Where a diagnosis is not as expected; what is not named may be anything. */
export function wrongDiagnosis(expected, found) {
  const named = Object.entries(NAMED).filter(([name]) => name in expected);
  const wrong = named.flatMap(([name, member]) => differences(name, expected[name], found[member]));
  const part = expected.message_contains;
  if (part !== undefined && !found.message.includes(part)) {
    wrong.push(`message: expected ${shown(part)} in ${shown(found.message)}`);
  }
  return wrong;
}

/** Where the findings of a flow are not as expected. */
export function wrongFindings({ rows = [], identity = null, accounts = [] } = {}, findings) {
  const ofKind = (kind) => findings.filter(({ tag }) => tag === kind).map(({ val }) => val);
  return [
    ...differences("rows", rows, ofKind("rows").flatMap((found) => found.rows.split("\n").filter(Boolean).map(readLine))),
    ...differences("identity", identity, ofKind("identity").at(-1) ?? null),
    ...differences("accounts", accounts, ofKind("account")),
  ];
}

function readLine(line) {
  try {
    return parse(line);
  } catch {
    return { "no JSON": line };
  }
}
