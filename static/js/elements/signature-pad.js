// <signature-pad>: sign with a finger, a pen or the mouse, or type the name instead. Each change is handed to the form
// around it as a PNG by `offing:file`, the one before taken back by `offing:file-removed`.
import { holdSubmit, newId, tellFile, tellRemoved } from "../lib/capture.js";
import { drawSignature, fitToScreen, pointsOf, signaturePng } from "../lib/ink.js";
import { fillInput } from "../lib/pictures.js";

const PAUSE_MS = 400; // a name in Chinese is many strokes; one picture for all that follow each other

class SignaturePad extends HTMLElement {
  #strokes = [];
  #typed = "";
  #base = null;
  #file = null;
  #timer = null;
  #done = null;
  #keeping = Promise.resolve();
  #release = null;
  ready = Promise.resolve();

  connectedCallback() {
    this.canvas = this.querySelector("canvas");
    this.name = this.querySelector("input[type=text]");
    this.input = this.querySelector("input[type=file]");
    for (const part of this.querySelectorAll("[data-scripted]")) part.hidden = false;
    this.canvas.addEventListener("pointerdown", this.#down);
    this.canvas.addEventListener("pointermove", this.#move);
    this.canvas.addEventListener("touchmove", this.#stay, { passive: false });
    this.name.addEventListener("input", this.#type);
    this.querySelector("[data-act=clear]").addEventListener("click", this.#clear);
    document.addEventListener("visibilitychange", this.#leave);
    this.resizes = new ResizeObserver(() => this.#fit());
    this.resizes.observe(this.canvas);
    this.#release = holdSubmit(this);
    this.#fit();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.#leave);
    this.resizes.disconnect();
    this.#release();
    clearTimeout(this.#timer);
  }

  get busy() {
    return this.#done !== null;
  }

  get #signed() {
    return Boolean(this.#base || this.#typed || this.#strokes.length > 0);
  }

  get files() {
    return this.#file ? [this.#file] : [];
  }

  // What a draft kept; nothing is announced, for it is known already.
  async restore(files) {
    const kept = files.find((file) => file.kind === "signature");
    if (!kept || this.#file) return;
    this.#file = kept;
    this.#base = await createImageBitmap(kept.blob);
    fillInput(this.input, [kept]);
    this.#draw();
  }

  #fit() {
    if (fitToScreen(this.canvas)) this.#draw();
  }

  #draw() {
    drawSignature(this.canvas, this.#drawing());
    this.canvas.setAttribute("aria-label", this.#signed ? this.dataset.signed : this.dataset.empty);
    this.querySelector("[data-invitation]").hidden = this.#signed;
  }

  #drawing() {
    return { base: this.#base, strokes: this.#strokes, typed: this.#typed, note: this.dataset.typed };
  }

  #stay = (event) => event.preventDefault();

  #down = (event) => {
    if (!event.isPrimary || event.button !== 0) return; // the heel of a hand, the second mouse button
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    if (this.#typed) this.#typed = this.name.value = "";
    this.#strokes.push(pointsOf(this.canvas, event));
    this.#changed();
  };

  #move = (event) => {
    if (!event.isPrimary || !this.canvas.hasPointerCapture(event.pointerId)) return;
    this.#strokes.at(-1).push(...pointsOf(this.canvas, event));
    this.#changed();
  };

  #type = () => this.#startAnew(this.name.value.trim());

  #clear = () => this.#startAnew((this.name.value = ""));

  #leave = () => {
    if (document.visibilityState === "hidden" && this.#timer) this.#keep();
  };

  #startAnew(typed) {
    this.#typed = typed;
    this.#strokes = [];
    this.#base = null;
    this.#changed();
  }

  #changed() {
    this.#draw();
    if (!this.#done) this.ready = new Promise((done) => (this.#done = done));
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keep(), PAUSE_MS);
  }

  #keep() {
    clearTimeout(this.#timer);
    this.#timer = null;
    this.#keeping = this.#keeping.then(() => this.#handOver());
  }

  async #handOver() {
    const old = this.#file;
    this.#file = this.#signed ? await this.#picture() : null;
    fillInput(this.input, this.files);
    if (old) tellRemoved(this, old.id);
    if (this.#file) tellFile(this, this.#file);
    if (this.#timer) return; // drawn on meanwhile: the next picture is the one to wait for
    this.#done?.();
    this.#done = null;
  }

  async #picture() {
    const blob = await signaturePng(this.canvas, this.#drawing());
    return { id: newId(), kind: "signature", name: "signature.png", type: "image/png", blob };
  }
}

customElements.define("signature-pad", SignaturePad);
