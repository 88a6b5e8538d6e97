// <order-lines>: around the lines and the product search of an order. The server prices and draws; this keeps the hands on the work:
// after a tap on a product the search is ready for the next one, and Enter never sends a half-written order.
class OrderLines extends HTMLElement {
  #added = false;

  connectedCallback() {
    this.search = this.querySelector("[type=search]");
    this.found = this.querySelector("#found");
    this.addEventListener("keydown", this.#enter);
    this.addEventListener("click", (event) => (this.#added = event.target.closest('[name="add"]') !== null));
    this.addEventListener("htmx:after:swap", this.#swapped);
  }

  #enter = (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
    event.preventDefault();
    if (event.target === this.search) this.found.querySelector("button")?.click();
    else this.search.focus();
  };

  #swapped = () => {
    if (!this.#added) return;
    this.#added = false;
    this.search.value = "";
    this.found.replaceChildren();
    this.querySelector(".order-line:last-child")?.scrollIntoView({ block: "nearest" });
    // On a phone the keyboard would cover what was just added.
    if (matchMedia("(pointer: fine)").matches) this.search.focus();
  };
}

customElements.define("order-lines", OrderLines);
