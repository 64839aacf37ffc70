// Puts a text into the clipboard where a button offers it. Without a clipboard the text can be selected.
import { announce, showTrouble } from "./announce.js";

export function startCopies() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button) copy(button);
  });
}

async function copy(button) {
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    announce("Copied.");
  } catch {
    showTrouble("The browser does not let this page copy. Select the address and copy it yourself.");
  }
}
