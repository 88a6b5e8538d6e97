// Values put into words, as the reader writes them.
export const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// The time on this phone's clock, with the day unless it is today's.
export function clockTime(moment) {
  const at = new Date(moment);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  const language = document.documentElement.lang;
  return new Intl.DateTimeFormat(language, { ...day, hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}
