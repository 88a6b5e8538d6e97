// News of the records on this phone: from this page, from others and from the worker.
import { NEWS } from "./records.js";

// Calls `look` when there is news; returns what ends it.
export function hear(look) {
  const channel = new BroadcastChannel(NEWS);
  channel.onmessage = look;
  addEventListener(NEWS, look);
  return () => {
    channel.close();
    removeEventListener(NEWS, look);
  };
}
