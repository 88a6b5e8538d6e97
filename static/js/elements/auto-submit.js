// <auto-submit><form>…: sends the form when a choice in it changes; its button is only for pages without scripts.
class AutoSubmit extends HTMLElement {
  connectedCallback() {
    this.querySelectorAll("[data-without-scripts]").forEach((button) => (button.hidden = true));
    this.addEventListener("change", (event) => event.target.form?.requestSubmit());
  }
}

customElements.define("auto-submit", AutoSubmit);
