// Looking at the tray marks its entries as read. The marks stay until it is closed.
import { fetchPart, placeBell } from "./parts.js";

export function startTray() {
  const tray = document.getElementById("tray");
  tray?.addEventListener("toggle", (event) => {
    if (event.newState === "open") tray.querySelector("form[data-read]")?.requestSubmit();
    else refreshBell();
  });
}

async function refreshBell() {
  try {
    placeBell(await fetchPart("/notices", "bell"));
  } catch {
    // The tray keeps what it shows; live.js says when the server cannot be reached.
  }
}
