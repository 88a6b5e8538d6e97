// The form of a follow-up that <call-result> opened: way, contact, beginning and length of the call are put in.
import { CALLED } from "../outbox/wipe.js";

const form = document.querySelector("form[data-followup]");
const about = new URLSearchParams(location.hash.slice(1));
const at = Number(about.get("call"));

// A field of day and time is read in the zone of the person, which need not be that of the device.
function wallClock(moment) {
  const zone = { timeZone: form.dataset.zone, hourCycle: "h23" };
  const pieces = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" };
  const found = new Intl.DateTimeFormat("en", { ...pieces, ...zone }).formatToParts(moment);
  const of = (type) => found.find((part) => part.type === type).value;
  return `${of("year")}-${of("month")}-${of("day")}T${of("hour")}:${of("minute")}`;
}

function put(name, value) {
  const field = form.elements.namedItem(name);
  if (field && value && !field.value) field.value = value;
}

if (form && at > 0) {
  form.querySelector("[name=way][value=phone]").checked = true;
  put("minutes", about.get("minutes"));
  put("contact_id", about.get("contact"));
  put("at", wallClock(at));
  form.querySelector("details").open = true;
  form.addEventListener("submit", () => localStorage.removeItem(CALLED));
}
