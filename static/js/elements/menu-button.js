// <menu-button><details>…: closes beside it, by Escape and when the focus leaves; arrow keys walk through it.
class MenuButton extends HTMLElement {
  connectedCallback() {
    this.details = this.querySelector("details");
    this.summary = this.querySelector("summary");
    document.addEventListener("click", this.#outside);
    this.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.contains(event.relatedTarget)) this.details.open = false;
    });
    this.addEventListener("keydown", this.#key);
  }

  disconnectedCallback() {
    document.removeEventListener("click", this.#outside);
  }

  #outside = (event) => {
    if (!this.contains(event.target)) this.details.open = false;
  };

  #key = (event) => {
    if (event.key === "Escape" && this.details.open) {
      this.details.open = false;
      this.summary.focus();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    this.details.open = true;
    const items = [...this.querySelectorAll(".menu :is(a, button)")];
    const next = items.indexOf(document.activeElement) + step;
    items[(next + items.length) % items.length].focus();
  };
}

customElements.define("menu-button", MenuButton);
