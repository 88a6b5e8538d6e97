// <copy-text data-text="…" data-done="Copied"><button>…: puts the text on the clipboard and says so.
class CopyText extends HTMLElement {
  connectedCallback() {
    this.hidden = !navigator.clipboard; // not there outside https
    this.addEventListener("click", async () => {
      await navigator.clipboard.writeText(this.dataset.text);
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: this.dataset.done } }));
    });
  }
}

customElements.define("copy-text", CopyText);
