// A page's questions to the service worker about the day's pages; it answers as often as there is news.
export async function askDay(type, hear) {
  if (!navigator.serviceWorker) return;
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => hear(data);
  active.postMessage({ type }, [port2]);
}

export const fill = (pattern, values) => pattern.replace(/\{(\w+)\}/g, (_, name) => values[name]);

// The time on this phone's clock, with the day unless it is today's.
export function clockTime(moment) {
  const at = new Date(moment);
  const today = at.toDateString() === new Date().toDateString();
  const day = today ? {} : { month: "short", day: "numeric" };
  const language = document.documentElement.lang;
  return new Intl.DateTimeFormat(language, { ...day, hour: "2-digit", minute: "2-digit", hour12: false }).format(at);
}
