// One polite voice for what happens in the background, heard at most every five seconds.
const PAUSE_MS = 5000;

let waiting = "";
let timer = 0;
let spokenAt = -PAUSE_MS;

export function announce(text) {
  waiting = text;
  if (timer) return;
  const pause = Math.max(0, spokenAt + PAUSE_MS - performance.now());
  timer = setTimeout(speak, pause);
}

function speak() {
  timer = 0;
  spokenAt = performance.now();
  const region = document.getElementById("live");
  if (region) region.textContent = waiting;
}

// A line at the bottom of the window for trouble with the page itself; empty hides it.
export function showTrouble(text) {
  const line = document.getElementById("offline");
  if (!line) return;
  line.hidden = text === "";
  line.querySelector("span").textContent = text;
  if (text) announce(text);
}
