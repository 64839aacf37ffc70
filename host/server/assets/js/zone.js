// Turns moments, which the server writes in UTC, into the reader's own time zone.
const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const monthDay = { month: "short", day: "numeric" };
const inFull = new Intl.DateTimeFormat("en", { dateStyle: "full", timeStyle: "long", hourCycle: "h23" });

export function showOwnZone(root) {
  const now = new Date();
  for (const element of root.querySelectorAll("time[datetime]")) {
    const moment = new Date(element.dateTime);
    if (Number.isNaN(moment.getTime())) continue;
    element.title = inFull.format(moment);
    if ("zoned" in element.dataset) element.textContent = brief(moment, now);
  }
}

// As brief as the server's text: "14:02", "Nov 18, 14:02", "Nov 18, 2025".
function brief(moment, now) {
  const format = (options) => new Intl.DateTimeFormat("en", options).format(moment);
  if (moment.getFullYear() !== now.getFullYear()) return format({ ...monthDay, year: "numeric" });
  if (moment.toDateString() === now.toDateString()) return format(clock);
  return `${format(monthDay)}, ${format(clock)}`;
}
