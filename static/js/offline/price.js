// What an order costs, as the server reckons it (domain/orders/pricing.py): each line rounded half up to a cent, then the sum.
const tidy = (text) => (text ?? "").normalize("NFKC").replace(/[\s,]/g, "");

// "12.5" with at most `places` as a whole number of the smallest part; null for what is no such number.
function whole(text, places) {
  const found = /^(\d{1,15})(?:\.(\d*))?$/.exec(tidy(text));
  if (!found || (found[2] ?? "").length > places) return null;
  return BigInt(found[1] + (found[2] ?? "").padEnd(places, "0"));
}

function discount(text) {
  const found = tidy(text) === "" ? 0n : whole(text, 2);
  return found !== null && found <= 10_000n ? found : null;
}

const halfUp = (value, by) => (2n * value + by) / (2n * by);

export const cents = (text) => whole(text, 2);

// Lines {quantity, discount_percent, price} → each one's net in cents (null while it makes no sense), and the sums.
export function priceOf(lines, percent) {
  const nets = lines.map((line) => {
    const [quantity, off, price] = [whole(line.quantity, 3), discount(line.discount_percent), cents(line.price)];
    if (!quantity || off === null || price === null) return { net: null, full: 0n };
    return { net: halfUp(quantity * price * (10_000n - off), 10_000_000n), full: halfUp(quantity * price, 1000n) };
  });
  const list = nets.reduce((sum, { full }) => sum + full, 0n);
  const goods = nets.reduce((sum, { net }) => sum + (net ?? 0n), 0n);
  const net = halfUp(goods * (10_000n - (discount(percent) ?? 0n)), 10_000n);
  const given = list ? halfUp((list - net) * 10_000n, list) : 0n;
  return { nets: nets.map((one) => one.net), list, goods, net, given };
}

// 123456n → "1,234.56"
export const figure = (value) => `${value / 100n}`.replace(/\B(?=(\d{3})+$)/g, ",") + `.${`${value % 100n}`.padStart(2, "0")}`;
