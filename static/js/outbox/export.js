// The last resort: records with their photos in one file that a person can hand on.
import { readFiles } from "./files.js";

const asText = (blob) =>
  new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result);
    reader.onerror = () => failed(reader.error);
    reader.readAsDataURL(blob);
  });

export async function exported(records) {
  const whole = [];
  for (const record of records) {
    const files = [];
    for (const { id, kind, name, type, size, data } of await readFiles(record.id)) {
      files.push({ id, kind, name, type, size, content: await asText(new Blob([data], { type })) });
    }
    whole.push({ ...record, files });
  }
  return new Blob([JSON.stringify({ offing: 1, exported_at: new Date().toISOString(), records: whole }, null, 1)], { type: "application/json" });
}

export async function saveAsFile(records) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await exported(records));
  link.download = `offing-${new Date().toISOString().slice(0, 16).replace(":", "")}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
