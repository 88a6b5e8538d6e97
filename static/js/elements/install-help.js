// <install-help> holds parts marked data-when="installed|prompt|apple|menu": how Offing gets onto this Home Screen.
import { isApple, isInstalled } from "../lib/device.js";

class InstallHelp extends HTMLElement {
  #prompt = null;

  connectedCallback() {
    addEventListener("beforeinstallprompt", this.#offered);
    addEventListener("appinstalled", this.#installed);
    this.querySelector("[data-act=install]")?.addEventListener("click", this.#install);
    this.#show(isInstalled() ? "installed" : isApple() ? "apple" : "menu");
  }

  disconnectedCallback() {
    removeEventListener("beforeinstallprompt", this.#offered);
    removeEventListener("appinstalled", this.#installed);
  }

  #offered = (event) => {
    event.preventDefault();
    this.#prompt = event;
    this.#show("prompt");
  };

  #installed = () => this.#show("installed");

  #install = async () => {
    await this.#prompt.prompt();
    this.#show("menu");
  };

  #show(state) {
    this.dataset.state = state;
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== state;
  }
}

customElements.define("install-help", InstallHelp);
