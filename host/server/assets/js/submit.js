// Sends small forms (check again, pause, mark read) without leaving the page.
import { showTrouble } from "./announce.js";
import { fetchPart, placeBell, placeMain } from "./parts.js";

export function startSubmits() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.live) {
      event.preventDefault();
      send(form, event.submitter);
    }
  });
}

async function send(form, button) {
  const action = button?.getAttribute("formaction") ?? form.getAttribute("action");
  const body = new URLSearchParams(new FormData(form, button));
  button?.setAttribute("aria-busy", "true");
  button?.closest("[popover].menu")?.hidePopover();
  try {
    const part = await fetchPart(action, form.dataset.live, { method: "POST", body });
    if (form.dataset.live === "bell") return placeBell(part);
    form.closest("dialog")?.close();
    placeMain(part);
    placeBell(await fetchPart("/notices", "bell"));
  } catch (trouble) {
    showTrouble(trouble instanceof TypeError ? "No answer. Nothing was changed." : trouble.message);
  } finally {
    button?.removeAttribute("aria-busy");
  }
}
