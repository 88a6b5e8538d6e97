// <calendar-swipe>: a swipe to the side goes where the links to the days before and after go. Fetched on the calendar only.
const FAR = 60;
const QUICK_MS = 600;

class CalendarSwipe extends HTMLElement {
  connectedCallback() {
    this.addEventListener("touchstart", (event) => this.begin(event), { passive: true });
    this.addEventListener("touchend", (event) => this.end(event), { passive: true });
  }

  begin(event) {
    const [touch] = event.touches;
    this.from = event.touches.length === 1 ? { x: touch.clientX, y: touch.clientY, at: event.timeStamp } : null;
  }

  end(event) {
    if (!this.from) return;
    const [touch] = event.changedTouches;
    const across = touch.clientX - this.from.x;
    const down = touch.clientY - this.from.y;
    const quick = event.timeStamp - this.from.at < QUICK_MS;
    this.from = null;
    if (!quick || Math.abs(across) < FAR || Math.abs(across) < 2 * Math.abs(down)) return;
    document.querySelector(across > 0 ? 'a[rel="prev"]' : 'a[rel="next"]')?.click();
  }
}

customElements.define("calendar-swipe", CalendarSwipe);
