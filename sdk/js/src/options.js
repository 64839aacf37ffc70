// Mistakes in a definition, found when the plugin is built or tested and not when a provider fails.

/** Throws unless every option has a name that is known. */
export function checkOptions(what, options, known) {
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    const nearest = known.find((candidate) => isNear(candidate, name));
    const hint = nearest ? `; did you mean "${nearest}"?` : `; it has ${known.join(", ")}`;
    throw new TypeError(`${what} has no option "${name}"${hint}`);
  }
}

/** Throws unless every named option is there. */
export function requireOptions(what, options, required) {
  for (const name of required) {
    if (options[name] === undefined) throw new TypeError(`${what} needs "${name}"`);
  }
}

/** Throws unless the value is one of those that are allowed. */
export function requireOneOf(what, value, allowed) {
  if (value === undefined || allowed.includes(value)) return value;
  const nearest = typeof value === "string" ? allowed.find((candidate) => isNear(candidate, value)) : undefined;
  const hint = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  throw new TypeError(`${what} is ${JSON.stringify(value)}, but must be one of ${allowed.join(", ")}${hint}`);
}

/** Throws unless the text is a JSON pointer (RFC 6901): what is none finds nothing, and says nothing. */
export function requirePointer(what, pointer) {
  if (pointer === undefined || pointer === "" || pointer[0] === "/") return pointer;
  throw new TypeError(`${what}: ${JSON.stringify(pointer)} is no JSON pointer; write "/${pointer}"`);
}

/** The same letters but for case, `_` and `-`, or one letter more, less or exchanged. */
function isNear(left, right) {
  const [a, b] = [left, right].map((name) => name.toLowerCase().replace(/[_-]/g, ""));
  if (a === b) return true;
  if (Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && a[start] === b[start]) start += 1;
  const rest = (name, skipped) => name.slice(start + skipped);
  return rest(a, 1) === rest(b, 1) || rest(a, 1) === rest(b, 0) || rest(a, 0) === rest(b, 1);
}
