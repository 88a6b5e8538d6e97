// <select-rows>: [data-pick] starts choosing rows, their boxes appear, the bulk bar counts; [data-pick-none] ends it.
// With data-picking from the server the page is for choosing from the start, and works without this script.
class SelectRows extends HTMLElement {
  connectedCallback() {
    this.output = this.querySelector(".bulk-bar output");
    this.addEventListener("click", (event) => {
      if (event.target.closest("[data-pick]")) this.#start();
      if (event.target.closest("[data-pick-none]")) this.#end();
      if (event.target.closest("[data-pick-all]")) this.#all();
      // While choosing, a tap on a row chooses it.
      const link = this.hasAttribute("data-picking") && event.target.closest("a.row-body");
      if (!link) return;
      event.preventDefault();
      link.closest(".list-row").querySelector(".row-pick input")?.click();
    });
    this.addEventListener("change", () => this.#count());
    if (this.hasAttribute("data-picking") && this.output) this.#count();
  }

  #boxes() {
    return [...this.querySelectorAll(".row-pick input")];
  }

  #start() {
    this.setAttribute("data-picking", "");
    this.#count();
    this.#boxes()[0]?.focus();
  }

  #end() {
    this.removeAttribute("data-picking");
    this.#boxes().forEach((box) => (box.checked = false));
  }

  #all() {
    this.#boxes().forEach((box) => (box.checked = true));
    this.#count();
  }

  #count() {
    const chosen = this.#boxes().filter((box) => box.checked).length;
    this.output.textContent = this.output.dataset.words.replace("{n}", chosen);
    this.querySelectorAll('.bulk-bar [type="submit"]').forEach((button) => (button.disabled = chosen === 0));
  }
}

customElements.define("select-rows", SelectRows);
