// <form-guard><form>…: asks before typed work is left, and lets a form be sent only once at a time.
class FormGuard extends HTMLElement {
  #dirty = false;

  connectedCallback() {
    this.form = this.querySelector("form");
    this.#dirty = this.querySelector('[aria-invalid="true"]') !== null;
    this.form.addEventListener("input", () => (this.#dirty = true));
    this.form.addEventListener("submit", this.#send, true);
    this.form.addEventListener("htmx:finally:request", this.#free);
    window.addEventListener("beforeunload", this.#leave);
    window.addEventListener("pageshow", this.#free);
  }

  disconnectedCallback() {
    window.removeEventListener("beforeunload", this.#leave);
    window.removeEventListener("pageshow", this.#free);
  }

  get dirty() {
    return this.#dirty && this.form.getAttribute("aria-busy") !== "true";
  }

  #send = (event) => {
    if (this.form.getAttribute("aria-busy") === "true") {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    // Not `disabled`: the pressed button's own name and value must go along.
    this.form.setAttribute("aria-busy", "true");
    queueMicrotask(() => {
      // Another element has kept the form (asked something, or saved it on the phone): it may be sent again.
      if (event.defaultPrevented && !this.form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete]")) this.#free();
    });
  };

  #free = () => this.form.removeAttribute("aria-busy");

  #leave = (event) => {
    if (this.dirty && !this.closest("offline-form[data-kept]")) event.preventDefault();
  };
}

customElements.define("form-guard", FormGuard);
