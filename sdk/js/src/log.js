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
  return stack.startsWith(String(error)) ? stack : `${error}\n${stack}`;
}
