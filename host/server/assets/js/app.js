// Starts what makes the pages quicker. Without any of it they still work.
import { startCopies } from "./copy.js";
import { startDialogs } from "./dialog.js";
import { startFilters } from "./filter.js";
import { startLive } from "./live.js";
import { startMenus } from "./menu.js";
import { startSubmits } from "./submit.js";
import { startTray } from "./tray.js";
import { showOwnZone } from "./zone.js";

showOwnZone(document);
startMenus();
startDialogs();
startSubmits();
startFilters();
startCopies();
startTray();
startLive();
