// A page's questions to the service worker about the day's pages; it answers as often as there is news.
export async function askDay(type, hear) {
  if (!navigator.serviceWorker) return;
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => hear(data);
  active.postMessage({ type }, [port2]);
}
