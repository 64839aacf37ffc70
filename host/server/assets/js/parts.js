// Fetches parts of a page and puts them in place, without taking focus or open menus away.
import { announce } from "./announce.js";
import { showOwnZone } from "./zone.js";

const BUSY_AFTER_MS = 300;

let latest = 0;
let heldBack = false;

// Asks the server for one part: "main" or "bell". Rejects if the answer is no such part.
export async function fetchPart(url, part, options = {}) {
  const answer = await fetch(url, { ...options, headers: { "X-Fragment": part, ...options.headers } });
  if (new URL(answer.url).pathname === "/login") location.reload();
  const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
  const element = parsed.getElementById(part);
  if (!element) throw new Error(parsed.querySelector("h1")?.textContent ?? "That did not work.");
  return { element, title: parsed.title, url: answer.url };
}

// Shows the same address anew, unless somebody is in the middle of something: then a little later.
export async function refreshMain() {
  const turn = ++latest;
  const main = document.getElementById("main");
  heldBack = isInUse(main);
  if (heldBack) return;
  const part = await fetchPart(location.href, "main");
  heldBack = isInUse(main);
  if (heldBack || turn !== latest) return;
  const banner = main.querySelector("[data-banner]");
  if (banner && !part.element.querySelector("[data-banner]")) part.element.prepend(banner);
  placeMain(part);
}

// Shows another address in the main part.
export async function showMain(url, { remember }) {
  const turn = ++latest;
  const main = document.getElementById("main");
  const slow = setTimeout(() => markBusy(main, true), BUSY_AFTER_MS);
  try {
    const part = await fetchPart(url, "main");
    if (turn !== latest) return;
    if (remember) history.pushState(null, "", url);
    placeMain(part);
  } finally {
    clearTimeout(slow);
    markBusy(main, false);
  }
}

export function placeMain({ element, title }) {
  heldBack = false;
  const main = document.getElementById("main");
  const focus = rememberFocus(main);
  showOwnZone(element);
  main.replaceChildren(...element.childNodes);
  document.title = title;
  focus();
  const here = location.pathname + location.search;
  for (const field of document.querySelectorAll("[data-here]")) field.value = here;
}

// What changed while a menu was open is shown once it is closed.
export function showHeldBack() {
  if (heldBack) refreshMain().catch(() => {});
}

export function placeBell({ element }) {
  const bell = document.getElementById("bell");
  const [button, tray] = [bell.querySelector("button"), document.getElementById("tray")];
  const [newButton, newTray] = [element.querySelector("button"), element.querySelector("#tray")];
  showOwnZone(element);
  tellOfNews(bell.dataset, element.dataset);
  Object.assign(bell.dataset, element.dataset);
  button.setAttribute("aria-label", newButton.getAttribute("aria-label"));
  button.replaceChildren(...newButton.childNodes);
  showBroken(Number(element.dataset.broken));
  // Unread marks stay while somebody looks at them, unless there is something new to see.
  if (!tray.matches(":popover-open") || keysOf(tray) !== keysOf(newTray)) {
    const focus = rememberFocus(tray);
    tray.replaceChildren(...newTray.childNodes);
    focus();
  }
}

function tellOfNews(before, after) {
  const added = Number(after.unread) - Number(before.unread);
  if (added > 0) announce(added === 1 ? "1 new notification" : `${added} new notifications`);
  else if (Number(after.broken) < Number(before.broken)) announce(`${after.broken} data sources need action`);
}

function showBroken(broken) {
  const count = document.querySelector("[data-broken].count");
  if (!count) return;
  count.hidden = broken === 0;
  count.firstElementChild.textContent = broken;
}

const keysOf = (root) => [...root.querySelectorAll("[data-key]")].map((entry) => entry.dataset.key).join();

function markBusy(main, busy) {
  main.classList.toggle("busy", busy);
  if (busy) main.setAttribute("aria-busy", "true");
  else main.removeAttribute("aria-busy");
}

// A menu or dialog is open, a form has been changed or refused, or something is shown only once.
function isInUse(main) {
  if (main.querySelector(":popover-open, dialog[open], [aria-invalid], .form-error, [data-keep]")) return true;
  const fields = main.querySelectorAll("form:not([data-filter]) input:not([type=hidden])");
  return [...fields].some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
}

// Returns what puts the focus back on the same thing in the new content.
function rememberFocus(root) {
  const focused = document.activeElement;
  if (!focused || focused === root || !root.contains(focused)) return () => {};
  const entry = focused.closest("[data-key]");
  const candidates = (within) => [...within.querySelectorAll("a, button, input, select, summary")];
  const place = candidates(entry ?? root).indexOf(focused);
  return () => {
    const again = entry ? root.querySelector(`[data-key="${CSS.escape(entry.dataset.key)}"]`) : root;
    const target = (focused.id && document.getElementById(focused.id)) || candidates(again ?? root)[place] || root;
    if (target.matches("input[type=search]")) target.value = focused.value;
    target.focus({ preventScroll: true });
  };
}
