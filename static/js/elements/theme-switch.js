// <theme-switch><form>…radios "theme": shows the choice at once and keeps it in the cookie that the server reads.
class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.querySelectorAll("[data-without-scripts]").forEach((button) => (button.hidden = true));
    this.addEventListener("change", (event) => {
      const theme = event.target.value;
      document.documentElement.dataset.theme = theme;
      document.cookie = `offing_theme=${theme}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
    });
  }
}

customElements.define("theme-switch", ThemeSwitch);
