// Bytes and texts. A byte order mark is kept, since it tells a reader that something is no JSON.

const lenient = new TextDecoder("utf-8", { ignoreBOM: true });
const strict = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });
const encoder = new TextEncoder();

/** Bytes as text; what is no text becomes `�`. */
export function decode(bytes) {
  return lenient.decode(bytes);
}

/** Bytes as text; throws if they are none. */
export function decodeStrictly(bytes) {
  return strict.decode(bytes);
}

export function encode(text) {
  return encoder.encode(text);
}
