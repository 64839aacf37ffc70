// Keeps the open page true: whenever the server says that something changed, it is fetched anew.
import { showTrouble } from "./announce.js";
import { fetchPart, placeBell, refreshMain } from "./parts.js";

// Many changes in a row are shown together.
const GATHER_MS = 400;
const GIVE_UP_MS = 10000;

let gathering = 0;
let missed = false;
let shownAt = new Date();

export function startLive() {
  if (!document.getElementById("bell")) return;
  const events = new EventSource("/api/v1/events");
  let silent = 0;
  events.addEventListener("changed", gather);
  events.addEventListener("open", () => {
    clearTimeout(silent);
    // While the line was cut something may have changed.
    if (silent) gather();
    silent = 0;
    showTrouble("");
  });
  events.addEventListener("error", () => {
    silent ||= setTimeout(() => showTrouble(`Can't update right now, showing ${timeOf(shownAt)}`), GIVE_UP_MS);
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && missed) gather();
  });
}

const timeOf = (moment) => moment.toLocaleTimeString("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });

function gather() {
  missed = document.hidden;
  if (missed || gathering) return;
  gathering = setTimeout(refresh, GATHER_MS);
}

async function refresh() {
  gathering = 0;
  try {
    await refreshMain();
    placeBell(await fetchPart("/notices", "bell"));
    shownAt = new Date();
  } catch {
    showTrouble(`Can't update right now, showing ${timeOf(shownAt)}`);
  }
}
