// Messages of the provider, and what they have to mean.

import { differences } from "./diff.js";
import { wrongDiagnosis } from "./expected.js";
import { failureOf, messageOf } from "./fixture.js";

/** What differs from a fixture of a message. Of a failed signal the host asks `classify`, as here. */
export function runMessage(plugin, { message: messaged, signals: expected = [], diagnosis }) {
  const message = messageOf(messaged);
  const signals = plugin.receive(message);
  const wrong = differences("signals", expected, signals.map(shown));
  if (diagnosis === undefined) return wrong;
  const failed = signals.find(({ event }) => event === "failed");
  if (failed === undefined) return [...wrong, "there is a diagnosis, but no signal is failed"];
  return [...wrong, ...wrongDiagnosis(diagnosis, plugin.classify(failureIn(message, failed)))];
}

function shown({ about, event, at }) {
  return { [about.tag]: about.val, event, at };
}

/** The failure that the host makes of a message. */
function failureIn({ now, headers, query, body }, { about }) {
  const text = new URLSearchParams(query.map(({ name, value }) => [name, value])).toString();
  return {
    ...failureOf({ phase: "inbound", account: about.tag === "account" ? about.val : undefined }),
    now,
    headers,
    body,
    redirectQuery: text === "" ? undefined : text,
  };
}
