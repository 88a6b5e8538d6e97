// News of the records on this phone: from this page, from others and from the worker.
import { NEWS } from "./records.js";

const PAUSE_MS = 200;

// One look at a time and a pause after it: however much is told meanwhile, it makes one more look.
export function calmly(look) {
  let isNews = false;
  let isLooking = false;
  return async () => {
    isNews = true;
    if (isLooking) return;
    isLooking = true;
    try {
      while (isNews) {
        isNews = false;
        await look();
        await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
    } finally {
      isLooking = false;
    }
  };
}

// Calls `look` when there is news; returns what ends it.
export function hear(look) {
  const heard = calmly(look);
  const channel = new BroadcastChannel(NEWS);
  channel.onmessage = heard;
  addEventListener(NEWS, heard);
  return () => {
    channel.close();
    removeEventListener(NEWS, heard);
  };
}
