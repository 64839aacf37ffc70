// Opens dialogs as modal ones. Without this script they open as popovers.
import { showHeldBack } from "./parts.js";

export function startDialogs() {
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      open(document.getElementById(opener.dataset.dialog));
    }
    const closer = event.target.closest("dialog [data-close]");
    if (closer) {
      event.preventDefault();
      closer.closest("dialog").close();
    }
  });
}

function open(dialog) {
  dialog.removeAttribute("popover");
  dialog.addEventListener("close", showHeldBack, { once: true });
  dialog.showModal();
}
