// <toast-stack>: short messages that leave by themselves. They come with the page, or by the event "toast" {text, tone}
// (HX-Trigger of an answer, or other elements). A <template> inside, made by ui.toast, is the pattern.
const ICONS = { good: "check", warn: "clock", bad: "alert", info: "info", signal: "alert", neutral: "info" };
const MOST = 3;

class ToastStack extends HTMLElement {
  connectedCallback() {
    document.addEventListener("toast", this.#arrive);
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-close]")) this.#leave(event.target.closest(".toast"));
    });
    this.querySelectorAll(":scope > .toast").forEach((toast) => this.#stay(toast));
  }

  disconnectedCallback() {
    document.removeEventListener("toast", this.#arrive);
  }

  #arrive = ({ detail }) => {
    const { text, tone = "good" } = detail;
    if (!text) return;
    const toast = this.querySelector("template").content.firstElementChild.cloneNode(true);
    toast.className = `toast ${tone}`;
    toast.querySelector("span").textContent = text;
    const picture = toast.querySelector("use");
    picture.setAttribute("href", picture.getAttribute("href").replace(/#.*/, `#${ICONS[tone] ?? "info"}`));
    this.append(toast);
    const all = this.querySelectorAll(":scope > .toast");
    if (all.length > MOST) all[0].remove();
    this.#stay(toast);
  };

  #stay(toast) {
    const time = 4000 + toast.textContent.length * 50;
    let timer = setTimeout(() => this.#leave(toast), time);
    const hold = () => clearTimeout(timer);
    const go = () => (timer = setTimeout(() => this.#leave(toast), 2000));
    toast.addEventListener("pointerenter", hold);
    toast.addEventListener("focusin", hold);
    toast.addEventListener("pointerleave", go);
    toast.addEventListener("focusout", go);
  }

  #leave(toast) {
    toast.classList.add("leaving");
    setTimeout(() => toast.remove(), 250);
  }
}

customElements.define("toast-stack", ToastStack);
