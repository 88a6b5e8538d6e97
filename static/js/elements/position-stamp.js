// <position-stamp prefix="arrived">: time and place of one moment, taken by a tap and put into the hidden fields
// <prefix>_at, _fix, _lat, _lng, _accuracy_m, _age_s. Whatever comes of the search, the form can be saved at any time.
import { tellChanged } from "../lib/capture.js";
import { clockTime, fill } from "../lib/format.js";
import { asMetres, metresBetween, takePosition } from "../lib/position.js";

const FIELDS = ["at", "fix", "lat", "lng", "accuracy_m", "age_s"];
const SAME_MOMENT_MS = 5 * 60_000; // a second try within it keeps the time of the first
const OLD_S = 120;

class PositionStamp extends HTMLElement {
  #try = 0;

  connectedCallback() {
    for (const part of this.querySelectorAll("[data-scripted]")) part.hidden = false;
    this.addEventListener("click", this.#tapped);
    this.restore();
  }

  disconnectedCallback() {
    this.removeEventListener("click", this.#tapped);
    this.#try += 1; // what still comes is for nobody
  }

  get stamp() {
    return Object.fromEntries(FIELDS.map((name) => [name, this.#field(name).value]));
  }

  // The fields may have been filled from a draft.
  restore() {
    this.#show(Date.parse(this.stamp.at) ? this.stamp.fix || "unavailable" : "before");
  }

  #field(name) {
    return this.querySelector(`input[name="${this.getAttribute("prefix")}_${name}"]`);
  }

  #tapped = (event) => {
    if (event.target.closest("[data-act=stamp]")) this.#take();
  };

  async #take() {
    const mine = (this.#try += 1);
    const before = Date.parse(this.stamp.at);
    const at = Date.now() - before < SAME_MOMENT_MS ? this.stamp.at : new Date().toISOString();
    // Saved or killed while the search still runs, this is what is true: no position came in time.
    this.#write({ at, fix: "timeout", lat: "", lng: "", accuracy_m: "", age_s: "" });
    this.#show("searching");
    const { fix, lat, lng, accuracyM, ageS } = await takePosition();
    if (mine !== this.#try) return;
    if (fix !== "fixed") this.#write({ fix });
    else this.#write({ fix, lat: lat.toFixed(6), lng: lng.toFixed(6), accuracy_m: accuracyM.toFixed(1), age_s: String(ageS) });
    this.#show(fix);
    this.dispatchEvent(new CustomEvent("offing:stamp", { bubbles: true, detail: { prefix: this.getAttribute("prefix"), ...this.stamp } }));
  }

  #write(values) {
    for (const [name, value] of Object.entries(values)) this.#field(name).value = value;
    tellChanged(this.#field("at"));
  }

  #show(state) {
    this.dataset.state = state;
    const verdict = state === "fixed" ? this.#verdict() : "";
    for (const part of this.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").includes(state);
    for (const part of this.querySelectorAll("[data-verdict]")) part.hidden = part.dataset.verdict !== verdict;
    if (verdict === "verified") this.querySelector("[data-again]").hidden = true; // nothing to gain, a time to lose
    this.querySelector("[data-rough]").hidden = state !== "fixed" || !this.#isRough;
    if (state === "before") return;
    const { at, accuracy_m: accuracy, age_s: age } = this.stamp;
    this.#say("time", clockTime(at));
    this.#say("accuracy", state === "fixed" ? fill(this.dataset.accuracy, { metres: asMetres(Number(accuracy)) }) : "");
    this.#say("age", Number(age) > OLD_S ? fill(this.dataset.age, { minutes: Math.round(Number(age) / 60) }) : "");
    this.#say("distance", state === "fixed" && this.#placed ? fill(this.dataset.distance, { metres: asMetres(this.#distance) }) : "");
  }

  get #placed() {
    return this.dataset.lat !== undefined && this.dataset.lng !== undefined;
  }

  get #distance() {
    const [lat, lng] = [Number(this.stamp.lat), Number(this.stamp.lng)];
    return metresBetween(lat, lng, Number(this.dataset.lat), Number(this.dataset.lng));
  }

  // A hint of what the server will say, by the same rule (domain/visits/verdict.py); it never blocks anything.
  #verdict() {
    if (!this.#placed) return "none";
    const [limit, slack] = [Number(this.dataset.beyond), Number(this.dataset.slack)];
    if (this.#distance - Number(this.stamp.accuracy_m) - slack > limit) return "doubtful";
    if (this.#isRough) return "none";
    return Number(this.stamp.age_s) > OLD_S ? "doubtful" : "verified";
  }

  get #isRough() {
    return Number(this.stamp.accuracy_m) > Number(this.dataset.beyond);
  }

  #say(part, words) {
    const place = this.querySelector(`[data-part=${part}]`);
    place.textContent = words;
    place.hidden = words === "";
  }
}

customElements.define("position-stamp", PositionStamp);
