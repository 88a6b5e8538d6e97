// <visit-form data-check-in="/visits/7/check-in">: shows the questions of the type that is chosen, and tells the server of
// a check-in at once if there is a network. Without scripts the questions of all types stand on the page.
class VisitForm extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("form");
    this.form.addEventListener("change", this.#show);
    this.form.addEventListener("offing:restored", this.#show);
    this.addEventListener("offing:stamp", this.#tell);
    this.addEventListener("submit", this.#ask, { capture: true });
    this.#show();
  }

  // A switched-off field is neither sent nor asked for; what was typed into it stays.
  #show = () => {
    const chosen = new FormData(this.form).get("type_id");
    for (const part of this.querySelectorAll("[data-types]")) {
      const off = !part.dataset.types.split(" ").includes(chosen);
      part.hidden = off;
      if ("disabled" in part) part.disabled = off;
    }
  };

  // What is needed is asked for here: far from the network, or much later, is too late.
  #ask = (event) => {
    if (this.form.checkValidity()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.form.reportValidity();
  };

  // The form brings the check-in again at its end, so a failure here loses nothing and says nothing.
  #tell = async ({ detail }) => {
    const { checkIn } = this.dataset;
    if (!checkIn || detail.prefix !== "arrived") return;
    const { prefix, ...stamp } = detail;
    const body = new URLSearchParams({ _csrf: this.form.elements._csrf.value });
    for (const [name, value] of Object.entries(stamp)) body.set(`${prefix}_${name}`, value);
    await fetch(checkIn, { method: "POST", body, redirect: "manual", keepalive: true }).catch(() => null);
  };
}

customElements.define("visit-form", VisitForm);
