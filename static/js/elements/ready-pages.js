// <ready-pages hidden>: on the page without a network, the way to the pages of the day that can be read all the same.
import { askDay } from "../lib/day-link.js";
import { clockTime, fill } from "../lib/format.js";

class ReadyPages extends HTMLElement {
  connectedCallback() {
    askDay("day", this.#show);
  }

  #show = ({ ready = [], at }) => {
    const first = ready.filter(({ main }) => main);
    if (!first.length) return;
    const pattern = this.querySelector("template").content;
    this.querySelector("[data-slot=at]").textContent = fill(this.dataset.words, { time: clockTime(at) });
    this.querySelector("ul").replaceChildren(
      ...first.map(({ url, title }) => {
        const row = pattern.cloneNode(true);
        row.querySelector("a").href = url;
        row.querySelector(".row-title").textContent = title;
        return row;
      }),
    );
    this.hidden = false;
  };
}

customElements.define("ready-pages", ReadyPages);
