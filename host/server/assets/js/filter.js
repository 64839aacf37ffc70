// Filters, order and search without loading the whole page again.
import { showTrouble } from "./announce.js";
import { showMain } from "./parts.js";

const TYPING_MS = 250;

export function startFilters() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-swap]");
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (!link || !plain) return;
    event.preventDefault();
    go(link.href);
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filter]");
    if (form) go(addressOf(form));
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-filter], [data-search]") || !isHere(event.target)) return;
    event.preventDefault();
    go(addressOf(event.target));
  });
  let typing = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.matches("[type=search]") && event.target.form;
    if (!form || !isHere(form)) return;
    clearTimeout(typing);
    typing = setTimeout(() => go(addressOf(form)), TYPING_MS);
  });
  addEventListener("popstate", () => show(location.href, false));
}

const isHere = (form) => new URL(form.action).pathname === location.pathname;

// The form's own fields, and for the search of the frame what the page is filtered by already.
function addressOf(form) {
  const address = new URL(form.action);
  if ("search" in form.dataset) address.search = location.search;
  address.searchParams.delete("after");
  for (const [name, value] of new FormData(form)) {
    if (value) address.searchParams.set(name, value);
    else address.searchParams.delete(name);
  }
  return address.href;
}

const go = (url) => show(url, true);

async function show(url, remember) {
  try {
    await showMain(url, { remember });
    showTrouble("");
  } catch {
    location.assign(url);
  }
}
