// <tab-set>: sections of a page shown one at a time. Without it they stand below each other and the tabs jump to them.
class TabSet extends HTMLElement {
  connectedCallback() {
    const bar = this.querySelector(".tabs");
    this.tabs = [...bar.querySelectorAll("a")];
    bar.setAttribute("role", "tablist");
    for (const tab of this.tabs) {
      const panel = this.#panel(tab);
      tab.role = "tab";
      tab.id ||= `${panel.id}-tab`;
      tab.setAttribute("aria-controls", panel.id);
      panel.role = "tabpanel";
      panel.setAttribute("aria-labelledby", tab.id);
    }
    bar.addEventListener("click", (event) => {
      const tab = event.target.closest("a");
      if (!tab || event.ctrlKey || event.metaKey) return;
      event.preventDefault();
      this.#show(tab);
      history.replaceState(history.state, "", tab.hash);
    });
    bar.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = this.tabs[(this.tabs.indexOf(document.activeElement) + step + this.tabs.length) % this.tabs.length];
      next.focus();
      next.click();
    });
    this.#show(this.tabs.find((tab) => tab.hash === location.hash) ?? this.tabs[0]);
  }

  #panel(tab) {
    return document.getElementById(decodeURIComponent(tab.hash.slice(1)));
  }

  #show(chosen) {
    for (const tab of this.tabs) {
      tab.setAttribute("aria-selected", String(tab === chosen));
      tab.tabIndex = tab === chosen ? 0 : -1;
      this.#panel(tab).hidden = tab !== chosen;
    }
    chosen.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}

customElements.define("tab-set", TabSet);
