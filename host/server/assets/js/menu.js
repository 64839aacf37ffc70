// Menus by keyboard, as the ARIA Authoring Practices describe the menu button.
import { showHeldBack } from "./parts.js";

const canAnchor = CSS.supports("position-area: bottom");

export function startMenus() {
  document.addEventListener("toggle", whenToggled, true);
  document.addEventListener("keydown", whenKeyPressed);
}

const buttonOf = (popover) => document.querySelector(`[popovertarget="${CSS.escape(popover.id)}"]`);
const itemsOf = (menu) => [...menu.querySelectorAll("[role=menuitem]")];

function whenToggled(event) {
  const popover = event.target;
  if (!(popover instanceof HTMLElement) || !popover.hasAttribute("popover")) return;
  const button = buttonOf(popover);
  const isOpen = event.newState === "open";
  button?.setAttribute("aria-expanded", String(isOpen));
  if (!isOpen) return showHeldBack();
  if (!canAnchor && popover.matches(".menu")) placeUnder(popover, button);
  if (popover.matches("[role=menu]")) itemsOf(popover)[0]?.focus();
}

function placeUnder(menu, button) {
  const [anchor, size] = [button.getBoundingClientRect(), menu.getBoundingClientRect()];
  const below = anchor.bottom + size.height < innerHeight;
  menu.style.top = `${below ? anchor.bottom : Math.max(0, anchor.top - size.height)}px`;
  menu.style.left = `${Math.max(8, anchor.right - size.width)}px`;
}

function whenKeyPressed(event) {
  const button = event.target.closest?.("[popovertarget][aria-haspopup=menu]");
  if (button && event.key === "ArrowDown") {
    event.preventDefault();
    document.getElementById(button.getAttribute("popovertarget")).showPopover({ source: button });
    return;
  }
  const menu = event.target.closest?.("[role=menu]:popover-open");
  if (!menu) return;
  const items = itemsOf(menu);
  const next = nextItem(items, items.indexOf(document.activeElement), event.key);
  if (next) {
    event.preventDefault();
    next.focus();
  } else if (event.key === "Tab") {
    menu.hidePopover();
  }
}

function nextItem(items, place, key) {
  switch (key) {
    case "ArrowDown":
      return items[(place + 1) % items.length];
    case "ArrowUp":
      return items.at(place <= 0 ? -1 : place - 1);
    case "Home":
      return items[0];
    case "End":
      return items.at(-1);
    default: {
      if (key.length !== 1 || key === " ") return null;
      const following = [...items.slice(place + 1), ...items.slice(0, place + 1)];
      return following.find((item) => item.textContent.trim().toLowerCase().startsWith(key.toLowerCase()));
    }
  }
}
