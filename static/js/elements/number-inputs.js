// <money-input><input>…: tidies what was typed or pasted ("￥1,200.5" → "1200.50"); what is no amount stays as it is, for the server to say so.
// <number-stepper>: less and more around a number.
const plain = (text) =>
  text
    .normalize("NFKC")
    .replace(/[\s,'¥$€£]/g, "")
    .replace(/。/g, ".");

class MoneyInput extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const places = Number(this.dataset.places ?? 2);
    const tidy = () => {
      const text = plain(input.value);
      if (!/^-?\d{1,15}(\.\d*)?$/.test(text)) return;
      const [whole, rest = ""] = text.split(".");
      if (rest.length <= places) input.value = places ? `${whole}.${rest.padEnd(places, "0")}` : whole;
    };
    input.addEventListener("blur", tidy);
    input.form?.addEventListener("submit", tidy, true);
    input.addEventListener("focus", () => input.select());
  }
}

class NumberStepper extends HTMLElement {
  connectedCallback() {
    const input = this.querySelector("input");
    const limit = () => {
      this.querySelector('[data-step="-1"]').disabled = input.min !== "" && Number(input.value) <= Number(input.min);
      this.querySelector('[data-step="1"]').disabled = input.max !== "" && Number(input.value) >= Number(input.max);
    };
    this.addEventListener("click", (event) => {
      const button = event.target.closest("[data-step]");
      if (!button) return;
      if (button.dataset.step === "1") input.stepUp();
      else input.stepDown();
      input.dispatchEvent(new Event("input", { bubbles: true }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    });
    input.addEventListener("input", limit);
    limit();
  }
}

customElements.define("money-input", MoneyInput);
customElements.define("number-stepper", NumberStepper);
