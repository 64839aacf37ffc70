// Lines of delimited cells (RFC 4180), as lenient as programs that write them are careless.

/** The records of a text; empty lines are none. */
export function parseCsv(text, delimiter) {
  const records = [];
  let place = 0;
  while (place < text.length) {
    const { cells, end } = record(text, place, delimiter);
    if (cells.length > 1 || cells[0] !== "" || text[place] === '"') records.push(cells);
    place = end;
  }
  return records;
}

function record(text, start, delimiter) {
  const cells = [];
  let place = start;
  for (;;) {
    const { value, end } = text[place] === '"' ? quoted(text, place, delimiter) : plain(text, place, delimiter);
    cells.push(value);
    if (text[end] !== delimiter) return { cells, end: text[end] === "\r" && text[end + 1] === "\n" ? end + 2 : end + 1 };
    place = end + 1;
  }
}

function plain(text, start, delimiter) {
  let end = start;
  while (end < text.length && text[end] !== delimiter && text[end] !== "\n" && text[end] !== "\r") end += 1;
  return { value: text.slice(start, end), end };
}

/** A cell in quotes, in which a quote is written twice; what follows the last quote belongs to it. */
function quoted(text, start, delimiter) {
  let value = "";
  let place = start + 1;
  for (;;) {
    const quote = text.indexOf('"', place);
    if (quote < 0) return { value: value + text.slice(place), end: text.length };
    value += text.slice(place, quote);
    if (text[quote + 1] !== '"') {
      const rest = plain(text, quote + 1, delimiter);
      return { value: value + rest.value, end: rest.end };
    }
    value += '"';
    place = quote + 2;
  }
}
