// Comparing two JSON documents, place by place.

import { isObject, stringify } from "../json.js";

/** Every place where the documents differ. A member that is null equals one that is missing. */
export function differences(place, expected, found) {
  if (isObject(expected) && isObject(found)) {
    const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
    return names.flatMap((name) => differences(`${place}.${name}`, expected[name], found[name]));
  }
  if (Array.isArray(expected) && Array.isArray(found)) {
    const indexes = Array.from({ length: Math.max(expected.length, found.length) }, (_, index) => index);
    return indexes.flatMap((index) => differences(`${place}[${index}]`, expected[index], found[index]));
  }
  return isSame(expected, found) ? [] : [`${place}: expected ${shown(expected)}, found ${shown(found)}`];
}

function isSame(expected, found) {
  return (expected ?? null) === (found ?? null);
}

/** How a value stands in a report; what is missing is null. */
export function shown(value) {
  return stringify(value ?? null);
}
