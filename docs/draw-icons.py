"""Draws the app icons from static/icons/favicon.svg: `.venv/bin/python docs/draw-icons.py [path of chromium]`."""

import struct
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ICONS = Path(__file__).resolve().parent.parent / "static" / "icons"
LOGO = (ICONS / "favicon.svg").read_text("utf-8")
# Systems that round or mask an icon themselves need the picture up to the edges.
SQUARE = LOGO.replace('rx="116"', 'rx="0"')
# Android shows only the outline of this one, in the status bar.
BADGE = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 512 512" fill="#fff" stroke="#fff">
<path d="M136 284a120 120 0 0 1 240 0z"/>
<g fill="none" stroke-linecap="round" stroke-width="36"><path d="M104 340h304M160 404h192M220 468h72"/></g></svg>"""


def main(chromium: str) -> None:
    """Write every PNG, and the .ico as a container of one PNG."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()

        def draw(logo: str, size: int) -> bytes:
            page.set_viewport_size({"width": size, "height": size})
            page.set_content(
                f"<style>body{{margin:0}}svg{{display:block;width:{size}px;height:{size}px}}</style>{logo}"
            )
            return page.screenshot(omit_background=True)

        for size in (192, 512):
            (ICONS / f"icon-{size}.png").write_bytes(draw(LOGO, size))
            (ICONS / f"maskable-{size}.png").write_bytes(draw(SQUARE, size))
        (ICONS / "badge-96.png").write_bytes(draw(BADGE, 96))
        (ICONS / "apple-touch-icon.png").write_bytes(draw(SQUARE, 180))
        small = draw(LOGO, 48)
        header = struct.pack("<HHH", 0, 1, 1) + struct.pack("<BBBBHHII", 48, 48, 0, 0, 1, 32, len(small), 22)
        (ICONS / "favicon.ico").write_bytes(header + small)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "/usr/bin/chromium")
