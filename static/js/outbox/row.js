// A record as a row: the server's own row with its texts filled in.
import { clockTime } from "../lib/format.js";
import { named } from "../lib/label.js";
import { isLocked } from "./records.js";
import { counted, kindName } from "./words.js";

export const stateOf = (record) => (record.state === "sent" && record.files_left > 0 ? "files" : record.state);

export const editAddress = (record) => (record.state === "draft" ? record.url : `${record.url}#outbox=${record.id}`);

export function sentencesOf(record) {
  const errors = Object.entries(record.errors ?? {}).map(([name, sentences]) => {
    const said = [].concat(sentences).join(" ");
    return record.names?.[name] ? named(record.names[name], said) : said;
  });
  return errors.length ? errors : [record.detail, ...(record.receipt?.notes ?? [])].filter(Boolean);
}

function addressOf(record) {
  if (record.state === "sent") return record.receipt?.record.url ?? null;
  return isLocked(record) ? null : editAddress(record);
}

export function fillRow(row, record, whole) {
  row.id = `outbox-${record.id}`;
  row.dataset.record = record.id;
  row.querySelector(".row-title").textContent = record.receipt?.record.title ?? record.title;
  const { kind, files_left: left, files_total: all = left } = record;
  const facts = left ? [kindName(kind), counted("files", all, { sent: all - left })] : [kindName(kind)];
  row.querySelector(".row-facts").textContent = facts.join(" · ");
  row.querySelector(".row-end").textContent = clockTime(record.sent_at ?? record.recorded_at ?? record.changed_at);
  const note = row.querySelector(".row-note");
  note.textContent = sentencesOf(record).join(" ");
  note.hidden = !note.textContent;
  for (const badge of row.querySelectorAll("[data-state]")) badge.hidden = badge.dataset.state !== stateOf(record);
  const address = addressOf(record);
  const link = row.querySelector(".row-body");
  if (address) link.href = whole || record.state === "sent" ? address : `/outbox#outbox-${record.id}`;
  else link.removeAttribute("href");
  const more = row.querySelector(".row-act");
  if (more) more.hidden = record.state === "sent" && !record.files_left;
}
