"""Pictures as cameras write them: random points, held sideways, with place and maker beside the picture."""

from __future__ import annotations

import base64
import struct

from tests.browser.tab import Tab

MAKER = b"OffingCam\0"
RIGHT_TOP = 6
"""Orientation 6: the camera was held upright; a quarter turn to the right shows the picture as it was seen."""
DRAW = """async ([width, height]) => {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  const noise = pen.createImageData(width, height);
  for (let at = 0; at < noise.data.length; at += 65536) crypto.getRandomValues(noise.data.subarray(at, at + 65536));
  for (let at = 3; at < noise.data.length; at += 4) noise.data[at] = 255;
  pen.putImageData(noise, 0, 0);
  pen.fillStyle = "#e00000"; // the corner that tells which way is up
  pen.fillRect(0, 0, width / 2, height / 2);
  const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.95));
  const reader = new FileReader();
  await new Promise((done) => { reader.onload = done; reader.readAsDataURL(blob); });
  return reader.result.split(",")[1];
}"""


async def noise_jpeg(tab: Tab, width: int, height: int) -> bytes:
    """A JPEG of random points whose upper left quarter is red, drawn by the browser itself."""
    return base64.b64decode(await tab.page.evaluate(DRAW, [width, height]))


def as_camera(jpeg: bytes) -> bytes:
    """The picture with what a phone writes beside it: which way it was held, maker, place."""
    exif = b"Exif\0\0" + _tiff()
    return jpeg[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + jpeg[2:]


def _tiff() -> bytes:
    def entry(tag: int, kind: int, count: int, value: bytes) -> bytes:
        return struct.pack("<HHI", tag, kind, count) + value.ljust(4, b"\0")

    def place(at: int) -> bytes:
        return struct.pack("<I", at)

    first_size, gps_size = 2 + 3 * 12 + 4, 2 + 4 * 12 + 4
    maker_at = 8 + first_size
    gps_at = maker_at + len(MAKER)
    degrees_at = gps_at + gps_size
    first = (
        struct.pack("<H", 3)
        + entry(0x010F, 2, len(MAKER), place(maker_at))
        + entry(0x0112, 3, 1, struct.pack("<H", RIGHT_TOP))
        + entry(0x8825, 4, 1, place(gps_at))
        + place(0)
    )
    gps = (
        struct.pack("<H", 4)
        + entry(0x0001, 2, 2, b"N\0")
        + entry(0x0002, 5, 3, place(degrees_at))
        + entry(0x0003, 2, 2, b"E\0")
        + entry(0x0004, 5, 3, place(degrees_at + 24))
        + place(0)
    )
    degrees = struct.pack("<12I", 31, 1, 13, 1, 49, 1, 121, 1, 28, 1, 25, 1)
    return b"II*\0" + place(8) + first + MAKER + gps + degrees
