// Which line of the bundle came from which line of a file. The engine of the sandbox reads no source
// maps, so an error there names lines of the bundle; with this table the log names the author's own.

import { SourceMap } from "node:module";

const INLINE = /\n\/\/# sourceMappingURL=data:application\/json;base64,([\w+/=]+)\s*$/;

/** A bundle with an inline source map, as one with a table in its place, which `log.js` reads. */
export function withLines(bundled) {
  const [comment, encoded] = INLINE.exec(bundled);
  const text = bundled.slice(0, -comment.length);
  const map = new SourceMap(JSON.parse(Buffer.from(encoded, "base64").toString("utf8")));
  return `${text}\nglobalThis.relinkLines = ${JSON.stringify(stretches(map, text.split("\n")))};\n`;
}

/**
 * `[line, column, file, line in the file]`, counted from 1, for each stretch in which the lines of both
 * follow each other. One line of the bundle may come from several lines.
 */
function stretches(map, lines) {
  const found = [];
  for (const { index, column } of lines.flatMap(words)) {
    const entry = map.findEntry(index, column);
    if (entry.generatedLine !== index || entry.originalSource === undefined) continue;
    const [start, , file, first] = found.at(-1) ?? [];
    const isNext = file === entry.originalSource && index + 1 - start === entry.originalLine + 1 - first;
    if (!isNext) found.push([index + 1, column + 1, entry.originalSource, entry.originalLine + 1]);
  }
  return found;
}

/** Where an entry of the map may lie: at every word. */
function words(line, index) {
  return [...line.matchAll(/\w+/g)].map((word) => ({ index, column: word.index }));
}
