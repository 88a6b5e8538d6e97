// <photo-input><input type="file">…: photos from the camera or the gallery, one small picture each; without scripts the input alone.
// Each is handed to the form around it by `offing:file`, and taken back by `offing:file-removed`.
import { holdSubmit, newId, tellFile, tellRemoved } from "../lib/capture.js";
import { fill } from "../lib/format.js";
import { fillInput, prepared, Refused } from "../lib/pictures.js";

class PhotoInput extends HTMLElement {
  #photos = new Map();
  #working = 0;
  #release = null;
  ready = Promise.resolve();

  connectedCallback() {
    this.input = this.querySelector("input[type=file]");
    this.camera = this.querySelector("[data-camera]");
    this.list = this.querySelector("ul");
    for (const part of this.querySelectorAll("[data-scripted]")) part.hidden = false;
    this.input.hidden = true;
    this.addEventListener("click", this.#tapped);
    this.addEventListener("change", this.#chosen);
    this.#release = holdSubmit(this);
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#tapped);
    this.removeEventListener("change", this.#chosen);
    this.#release();
    for (const photo of this.#photos.values()) URL.revokeObjectURL(photo.url);
  }

  get busy() {
    return this.#working > 0;
  }

  get files() {
    return [...this.#photos.values()].map(({ id, kind, name, type, blob }) => ({ id, kind, name, type, blob }));
  }

  // What a draft kept; nothing is announced, for it is known already.
  restore(files) {
    for (const file of files) if (file.kind === "photo" && !this.#photos.has(file.id)) this.#show(file);
    this.#fill();
  }

  #tapped = (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.act === "camera") this.camera.click();
    else if (button?.dataset.act === "gallery") this.input.click();
    else if (button?.dataset.act === "remove") this.#remove(button.closest("li").dataset.id);
  };

  #chosen = (event) => {
    if (event.target.type !== "file") return;
    event.stopPropagation();
    const chosen = [...event.target.files];
    this.camera.value = "";
    this.#fill();
    if (chosen.length) this.ready = this.ready.then(() => this.#takeAll(chosen));
    this.#working += chosen.length;
  };

  // One after the other: two pictures of twelve million points at once are too much for a phone.
  async #takeAll(chosen) {
    const faults = [];
    for (const [index, file] of chosen.entries()) {
      this.#say(fill(this.dataset.working, { n: index + 1, of: chosen.length }), index / chosen.length);
      try {
        await this.#take(file);
      } catch (fault) {
        const words = fault instanceof Refused ? this.dataset[fault.message === "too-large" ? "tooLarge" : "noPicture"] : this.dataset.failed;
        if (!(fault instanceof Refused)) console.error("photo:", fault);
        faults.push(fill(words, { name: file.name }));
      } finally {
        this.#working -= 1;
      }
    }
    this.#say("");
    this.#complain(faults);
  }

  async #take(file) {
    const made = await prepared(file, this.dataset.keepOriginals !== undefined);
    const photo = { id: newId(), kind: "photo", ...made };
    this.#show(photo);
    this.#fill();
    tellFile(this, photo);
  }

  #show(photo) {
    const item = this.querySelector("template").content.firstElementChild.cloneNode(true);
    const url = URL.createObjectURL(photo.blob);
    const picture = item.querySelector("img");
    item.dataset.id = photo.id;
    item.querySelector(".name").textContent = photo.name;
    item.querySelector("[data-as-is]").hidden = !photo.asIs;
    item.querySelector("[data-act=remove]").setAttribute("aria-label", fill(this.dataset.remove, { name: photo.name }));
    picture.addEventListener("error", () => item.classList.add("unseen")); // HEIC: its name stands for it
    picture.alt = photo.name;
    picture.src = url;
    this.list.append(item);
    this.list.hidden = false;
    this.#photos.set(photo.id, { ...photo, url, item });
  }

  #remove(id) {
    const { url, item } = this.#photos.get(id);
    const next = (item.nextElementSibling ?? item.previousElementSibling)?.querySelector("button");
    URL.revokeObjectURL(url);
    item.remove();
    this.#photos.delete(id);
    this.list.hidden = this.#photos.size === 0;
    this.#fill();
    tellRemoved(this, id);
    (next ?? this.querySelector("[data-act=gallery]")).focus();
  }

  #fill() {
    fillInput(this.input, this.#photos.values());
  }

  #say(words, share = null) {
    const progress = this.querySelector("progress");
    this.querySelector("[data-say]").textContent = words;
    progress.hidden = share === null;
    progress.value = share ?? 0;
  }

  #complain(faults) {
    const place = this.querySelector("[data-faults]");
    place.hidden = faults.length === 0;
    place.querySelector("span").textContent = faults.join(" ");
  }
}

customElements.define("photo-input", PhotoInput);
