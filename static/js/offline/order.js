// An order without the server: search, lines and totals of the products that were saved with the day, drawn with the server's own
// parts (templates/orders/offline.html). Fetched only when it is needed.
import { clockTime, fill } from "../lib/format.js";
import { cents, figure, priceOf } from "./price.js";

const MOST_FOUND = 12;

const safe = (text) => String(text).replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

// As domain/search/fold.py, for what people type here.
const fold = (text) =>
  text.replace(/['’‘`´ʼ]/g, "").normalize("NFKC").toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "").normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, " ").trim();

// lines.0.quantity → [{quantity}]
function linesIn(body) {
  const lines = [];
  for (const [name, value] of body) {
    const [, n, field] = /^lines\.(\d+)\.(\w+)$/.exec(name) ?? [];
    if (field) (lines[n] ??= {})[field] = value;
  }
  return lines.filter(Boolean);
}

function change(lines, body) {
  const [added, removed] = [body.get("add"), body.get("remove")];
  const same = lines.find(({ product_id }) => product_id === added);
  if (same) same.quantity = /^\d{1,8}$/.test(same.quantity) ? String(Number(same.quantity) + 1) : same.quantity || "1";
  else if (added) lines.push({ product_id: added, quantity: "1", discount_percent: "" });
  else if (removed) lines.splice(Number(removed), 1);
  return lines;
}

export class OrderDesk {
  constructor(element, at, { products, total }) {
    this.parts = Object.fromEntries([...element.querySelectorAll("template")].map((one) => [one.dataset.part, one.innerHTML]));
    this.lines = element.parentElement;
    Object.assign(this, { at, products, total, byId: new Map(products.map((one) => [String(one[0]), one])) });
  }

  static async open(element, saved) {
    return new OrderDesk(element, saved.headers.get("X-Offing-Saved"), await saved.json());
  }

  // What /orders/products, /orders/lines or /orders/quote would say.
  answer(url, body) {
    return url.pathname === "/orders/products" ? this.#found(url.searchParams.get("q") ?? "") : this.#priced(url.pathname, body);
  }

  #draw = (part, values, html = {}) =>
    fill(this.parts[part], { ...Object.fromEntries(Object.entries(values).map(([name, value]) => [name, safe(value)])), ...html });

  #money = (value) => (value < 0n ? this.#draw("minus", { figure: figure(-value) }) : this.#draw("money", { figure: figure(value) }));

  #found(q) {
    const asked = fold(q.slice(0, 100));
    if (!asked) return "";
    const { products, total } = this;
    const wanted = asked.split(" ");
    const fits = products.filter((one) => wanted.every((word) => one[6].includes(word)));
    const exact = (one) => one[2].toLowerCase() === q.trim().toLowerCase();
    const shown = [...fits.filter(exact), ...fits.filter((one) => !exact(one))].slice(0, MOST_FOUND);
    const partly = products.length < total ? this.#draw("partly", { n: products.length, total }) : "";
    const row = ([id, name, code, spec, , price]) =>
      this.#draw("product", { id, name, facts: [code, spec].filter(Boolean).join(" · ") }, { price: this.#money(cents(price)) });
    return (shown.length ? this.#draw("found", {}, { rows: shown.map(row).join("") }) : this.#draw("nothing", { q })) + partly;
  }

  // A product that is not in the catalogue was drawn by the server: what it said of it stays.
  #known = (line) => {
    const [, name, code, , unit, price] = this.byId.get(line.product_id) ?? [];
    const drawn = this.lines.querySelector(`[name$=".product_id"][value="${CSS.escape(line.product_id)}"]`)?.closest("li");
    const shown = line.shown_price ?? price ?? "";
    const told = drawn?.querySelector(".line-sum")?.innerHTML ?? "";
    const facts = name ? this.#money(cents(shown) ?? 0n) + safe(`${unit ? ` / ${unit}` : ""} · ${code}`) : told;
    return { ...line, price: shown, name: name ?? drawn?.querySelector(".line-name")?.textContent ?? line.product_id, facts };
  };

  #priced(path, body) {
    const lines = (path === "/orders/lines" ? change(linesIn(body), body) : linesIn(body)).map(this.#known);
    const price = priceOf(lines, body.get("discount_percent"));
    const net = (n) => (price.nets[n] === null ? "–" : this.#money(price.nets[n]));
    const foot = this.#draw("foot", { time: clockTime(this.at) }, { net: this.#money(price.net) });
    if (path === "/orders/quote") return this.#sums(lines, price) + foot + lines.map((_, n) => this.#draw("total", { n }, { net: net(n) })).join("");
    const row = ({ product_id: id, name, facts, quantity, discount_percent: discount, price: shown }, n) =>
      this.#draw("line", { n, id, name, quantity, discount: discount ?? "", price: shown }, { net: net(n), facts });
    const drawn = lines.length ? this.#draw("lines", {}, { rows: lines.map(row).join("") }) : this.parts.none;
    return drawn + this.#sums(lines, price) + foot;
  }

  #sums(lines, { list, goods, net, given }) {
    const rows = [
      ["list", lines.length > 0, this.#money(list)],
      ["off", list !== goods, this.#money(goods - list)],
      ["order", goods !== net, this.#money(net - goods)],
      ["given", list !== net, `${Number(given) / 100}%`],
    ];
    const shown = rows.filter(([, wanted]) => wanted);
    const drawn = shown.map(([part, , value]) => this.#draw("sum", { label: "" }, { label: this.parts[part], value }));
    return this.#draw("sums", {}, { rows: drawn.join("") });
  }
}
