// One question to the server and what can be believed of the answer. On foreign networks anybody may answer with 200:
// only what carries our marker is ours.
const OUR_MARK = "X-Offing";
const ANSWER_WITHIN_MS = 20_000;

function waitAsked(header) {
  if (!header) return null;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

// from: "server" with mark (the user it took us for), status, body, wait_s; or "stranger"; or "nobody".
export async function exchange(address, { method = "GET", headers = {}, body, patience = ANSWER_WITHIN_MS } = {}) {
  try {
    const response = await fetch(address, {
      method,
      body,
      headers: { Accept: "application/json", ...headers },
      cache: "no-store",
      credentials: "same-origin",
      redirect: "manual",
      signal: AbortSignal.timeout(patience),
    });
    const mark = response.headers.get(OUR_MARK);
    if (mark === null) return { from: "stranger" };
    const text = await response.text();
    return { from: "server", mark, status: response.status, body: parsed(text), wait_s: waitAsked(response.headers.get("Retry-After")) };
  } catch {
    return { from: "nobody" };
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

export const isLater = (status) => status === 408 || status === 425 || status === 429 || status >= 500;
