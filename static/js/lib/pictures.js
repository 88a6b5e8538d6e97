// Photos made small in the page: the longer side 1600 points, JPEG at 0.8, upright, and with nothing that the camera wrote beside the picture.
const EDGE = 1600;
const QUALITY = 0.8;
export const MOST_BYTES = 15_000_000;
// What a server takes as it is, by its first bytes (domain/files/policy.py); phones leave the type of a HEIC file empty.
const HEADS = [["image/jpeg", 0, "\xff\xd8\xff"], ["image/png", 0, "\x89PNG\r\n\x1a\n"], ["image/gif", 0, "GIF8"], ["image/webp", 8, "WEBP"]];
const BRANDS = { heic: "heic", heix: "heic", hevc: "heic", hevx: "heic", heim: "heic", heis: "heic", mif1: "heif", msf1: "heif", avif: "avif", avis: "avif" };

export class Refused extends Error {} // message: "no-picture" or "too-large"

async function kindOf(file) {
  const head = String.fromCharCode(...new Uint8Array(await file.slice(0, 12).arrayBuffer()));
  const brand = head.slice(4, 8) === "ftyp" ? BRANDS[head.slice(8, 12)] : null;
  return brand ? `image/${brand}` : HEADS.find(([, at, mark]) => head.startsWith(mark, at))?.[0];
}

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
  const kind = await kindOf(file);
  if (!kind && !file.type.startsWith("image/")) throw new Refused("no-picture");
  const small = kind && keepOriginal && file.size <= MOST_BYTES ? null : await shrunk(file);
  if (small) return { name: `${file.name.replace(/\.[^.]*$/, "")}.jpg`, type: "image/jpeg", blob: small, asIs: false };
  if (!kind) throw new Refused("no-picture");
  if (file.size > MOST_BYTES) throw new Refused("too-large");
  // The bytes are taken over now: what a file handle points to may be gone by the time of sending.
  return { name: file.name, type: kind, blob: new Blob([await file.arrayBuffer()], { type: kind }), asIs: true };
}

// So that the form also holds the files when it is sent the plain way.
export function fillInput(input, files) {
  const carrier = new DataTransfer();
  for (const { blob, name, type } of files) carrier.items.add(new File([blob], name, { type }));
  input.files = carrier.files;
}
