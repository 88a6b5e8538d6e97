// <deal-board data-move="/opportunities/board/move?…">: the cards of a pipeline. With a mouse they are dragged into another stage; everywhere
// the link on a card opens the sheet #move-sheet instead of the page that it leads to without this script. The server moves and draws the
// board again, or leads to the form where a stage asks something.
class DealBoard extends HTMLElement {
  #card = null;

  connectedCallback() {
    this.sheet = document.getElementById("move-sheet");
    this.addEventListener("click", this.#ask);
    this.sheet?.addEventListener("click", this.#chosen);
    this.sheet?.addEventListener("close", () => this.#card?.querySelector(".deal-move")?.focus());
    this.addEventListener("dragstart", this.#lift);
    this.addEventListener("dragend", this.#letGo);
    this.addEventListener("dragover", this.#over);
    this.addEventListener("drop", this.#drop);
    this.addEventListener("htmx:after:swap", this.#arm);
    this.#arm();
  }

  #arm = () => {
    if (!matchMedia("(pointer: fine)").matches) return;
    for (const card of this.querySelectorAll("[data-version]")) card.draggable = true;
    for (const link of this.querySelectorAll("[data-version] a")) link.draggable = false;
  };

  #stageOf(node) {
    return node.closest?.("[data-stage]");
  }

  #ask = (event) => {
    const link = event.target.closest(".deal-move");
    if (!link || !this.sheet || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#card = link.closest("[data-version]");
    const here = this.#stageOf(this.#card)?.dataset.stage;
    this.sheet.querySelector("[data-name]").textContent = this.#card.dataset.name;
    this.sheet.querySelector("[data-more]").href = link.href;
    for (const button of this.sheet.querySelectorAll("[data-to]")) button.disabled = button.dataset.to === here;
    this.sheet.showModal();
  };

  #chosen = (event) => {
    const button = event.target.closest("[data-to]");
    if (!button) return;
    this.sheet.close();
    this.#move(this.#card, button.dataset.to);
  };

  #lift = (event) => {
    this.#card = event.target.closest?.("[data-version]");
    if (!this.#card) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", this.#card.dataset.name);
    this.toggleAttribute("data-dragging", true);
    this.#card.classList.add("lifted");
  };

  #over = (event) => {
    const stage = this.#card && this.#stageOf(event.target);
    this.#mark(stage);
    if (!stage || stage.contains(this.#card)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
  };

  #drop = (event) => {
    const stage = this.#stageOf(event.target);
    const card = this.#card;
    event.preventDefault();
    this.#letGo();
    if (!stage || !card || stage.contains(card)) return;
    stage.querySelector(".deals")?.prepend(card);
    this.#move(card, stage.dataset.stage);
  };

  #letGo = () => {
    this.#mark(null);
    this.removeAttribute("data-dragging");
    this.#card?.classList.remove("lifted");
  };

  #mark(stage) {
    for (const one of this.querySelectorAll(".target")) one.classList.toggle("target", one === stage);
    stage?.classList.add("target");
  }

  // The answer is the board anew, or the address of the form, which htmx follows.
  async #move(card, stage) {
    const { id, version } = card.dataset;
    card.setAttribute("aria-busy", "true");
    await window.htmx.ajax("POST", this.dataset.move, {
      source: this, target: "#columns", swap: "innerHTML", values: { id, version, stage_id: stage },
    });
    this.querySelector(`#deal-${id} .deal-move`)?.focus();
  }
}

customElements.define("deal-board", DealBoard);
