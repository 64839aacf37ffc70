// What a flow answers to one event: what it found, and how it goes on. `then` is one of
// `{ position, next }`, `{ failed: why }` or `{}` for a flow that is finished.

export const FINISHED = Object.freeze({});

export function ask(position, next) {
  return { found: [], then: { position, next } };
}

export function send(position, request) {
  return ask(position, { tag: "send", val: request });
}

export function failed(why) {
  return { found: [], then: { failed: why } };
}

/** What a flow answers to a position that is none of its own. */
export function foreign() {
  return failed("the state belongs to another flow");
}

export function finished(found = []) {
  return { found, then: FINISHED };
}

export function isFinished({ then }) {
  return then.position === undefined && then.failed === undefined;
}

/** Puts the position of an inner flow into that of the outer one. */
export function nested(turn, outer) {
  const { position, next } = turn.then;
  return position === undefined ? turn : { ...turn, then: { position: outer(position), next } };
}

/** Goes on with another turn, keeping what was found so far. */
export function followedBy(turn, next) {
  return { ...next, found: [...turn.found, ...next.found] };
}
