// <combo-box>: a select made into a picker that asks the server while one types. htmx fetches the options into the listbox;
// the select stays the field that is sent, so the form is the same with and without scripts.
class ComboBox extends HTMLElement {
  connectedCallback() {
    this.select = this.querySelector("select");
    this.input = this.querySelector("[role=combobox]");
    this.list = this.querySelector("[role=listbox]");
    this.#takeOver();
    this.input.addEventListener("keydown", this.#key);
    this.input.addEventListener("input", () => this.input.value === "" && this.#choose("", ""));
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("blur", () => setTimeout(() => this.#close(), 150));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus in the input
    this.list.addEventListener("click", (event) => this.#pick(event.target.closest("[role=option]")));
    this.addEventListener("htmx:after:swap", this.#arrived);
  }

  // The visible input takes over the select's id (the label), description and state of error.
  #takeOver() {
    this.input.id = this.select.id;
    this.select.id += "-value";
    for (const name of ["aria-describedby", "aria-invalid", "required"]) {
      if (this.select.hasAttribute(name)) this.input.setAttribute(name, this.select.getAttribute(name));
    }
    this.select.removeAttribute("required");
    this.select.hidden = true;
    this.input.hidden = false;
    this.#restore();
  }

  #restore() {
    this.input.value = this.select.value ? this.select.selectedOptions[0].textContent : "";
  }

  #arrived = () => {
    if (document.activeElement !== this.input) return this.#close();
    this.input.setAttribute("aria-expanded", "true");
    if (this.input.value) this.#mark(this.list.querySelector("[role=option]"));
  };

  #mark(option) {
    this.list.querySelector('[aria-selected="true"]')?.setAttribute("aria-selected", "false");
    if (!option) return this.input.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    option.scrollIntoView({ block: "nearest" });
    this.input.setAttribute("aria-activedescendant", option.id);
  }

  #key = (event) => {
    if (event.isComposing) return;
    const options = [...this.list.querySelectorAll("[role=option]")];
    const marked = this.list.querySelector('[aria-selected="true"]');
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      this.#mark(options[(options.indexOf(marked) + step + options.length) % options.length]);
    } else if (event.key === "Enter" && marked) {
      event.preventDefault();
      this.#pick(marked);
    } else if (event.key === "Escape" && options.length) {
      event.preventDefault();
      this.#close();
    }
  };

  #pick(option) {
    if (!option) return;
    this.#choose(option.dataset.value, option.firstElementChild.textContent);
    this.#close();
  }

  #choose(value, text) {
    if (![...this.select.options].some((known) => known.value === value)) {
      this.select.add(new Option(text, value));
    }
    if (this.select.value === value) return;
    this.select.value = value;
    this.select.dispatchEvent(new Event("input", { bubbles: true }));
    this.select.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #close() {
    this.list.replaceChildren();
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.#restore();
  }
}

customElements.define("combo-box", ComboBox);
