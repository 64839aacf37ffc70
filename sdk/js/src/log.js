// Lines for the operator's log, and the only thing that a plugin can say outside its results.
// Natively, where tests run, the lines go to the standard error stream.

let write = (severity, text) => console.error(`${severity}: ${text}`);

/** Sends the lines to the host; called once, when the component is made. */
export function logTo(host) {
  write = host;
}

export const log = {
  debug: (text) => write("debug", text),
  info: (text) => write("info", text),
  warn: (text) => write("warn", text),
  error: (text) => write("error", text),
};

/** An error with its message and where it came from, in engines that repeat the message and those that do not. */
export function traced(error) {
  const { stack = "" } = error ?? {};
  return located(stack.startsWith(String(error)) ? stack : `${error}\n${stack}`);
}

/** With the files and lines of the author, in a component, whose engine names those of the bundle. */
function located(text) {
  const lines = globalThis.relinkLines;
  if (lines === undefined) return text;
  return text.replace(/(?<![\w/])plugin\.js:(\d+):(\d+)/g, (place, ...numbers) => {
    const [line, column] = numbers.map(Number);
    const stretch = lines.findLast(([start, from]) => start < line || (start === line && from <= column));
    return stretch === undefined ? place : `${stretch[2]}:${stretch[3] + line - stretch[0]}`;
  });
}
