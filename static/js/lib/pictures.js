// Photos made small in the page: the longer side 1600 points, JPEG at 0.8, upright, and with nothing that the camera wrote beside the picture.
const EDGE = 1600;
const QUALITY = 0.8;
export const MOST_BYTES = 15_000_000;
const TYPES = { heic: "image/heic", heif: "image/heif", avif: "image/avif", jpg: "image/jpeg", jpeg: "image/jpeg", png: "image/png", webp: "image/webp", gif: "image/gif" };

export class Refused extends Error {} // message: "no-picture" or "too-large"

// Phones leave the type of a HEIC file empty; its name tells.
const typeOf = (file) => file.type || TYPES[file.name.split(".").pop().toLowerCase()] || "";

export const blobOf = (canvas, type, quality) => new Promise((done) => canvas.toBlob(done, type, quality));

// None if this browser cannot read the picture (HEIC outside of Safari, a broken file).
export async function shrunk(file) {
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return null;
  }
  const scale = Math.min(1, EDGE / Math.max(bitmap.width, bitmap.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(bitmap.width * scale));
  canvas.height = Math.max(1, Math.round(bitmap.height * scale));
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "#fff"; // under a picture with holes
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await blobOf(canvas, "image/jpeg", QUALITY);
  canvas.width = canvas.height = 0; // phones are short of memory for the next one
  return blob;
}

// What is kept and sent of a chosen file. `asIs`: untouched, with all that the camera wrote into it.
export async function prepared(file, keepOriginal = false) {
  const type = typeOf(file);
  if (!type.startsWith("image/") || file.size === 0) throw new Refused("no-picture");
  const small = keepOriginal && file.size <= MOST_BYTES ? null : await shrunk(file);
  if (small) return { name: `${file.name.replace(/\.[^.]*$/, "")}.jpg`, type: "image/jpeg", blob: small, asIs: false };
  if (file.size > MOST_BYTES) throw new Refused("too-large");
  // The bytes are taken over now: what a file handle points to may be gone by the time of sending.
  return { name: file.name, type, blob: new Blob([await file.arrayBuffer()], { type }), asIs: true };
}

// So that the form also holds the files when it is sent the plain way.
export function fillInput(input, files) {
  const carrier = new DataTransfer();
  for (const { blob, name, type } of files) carrier.items.add(new File([blob], name, { type }));
  input.files = carrier.files;
}
