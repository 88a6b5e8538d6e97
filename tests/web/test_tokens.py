"""Colours: every pair that stands on each other has the contrast of WCAG 2.2 AA in both themes."""

from __future__ import annotations

import re

import pytest

from webapp.assets import ROOT

STYLES = ROOT / "static" / "css"
TOKENS = dict(re.findall(r"--([\w-]+):\s*([^;]+);", (STYLES / "tokens.css").read_text("utf-8")))
SURFACES = ("page", "surface", "raised", "sunken")
TEXTS = ("text", "text-soft", "accent", "signal", "good", "warn", "bad")
FILLED = (
    ("on-accent", "accent"), ("on-accent", "accent-press"), ("on-signal", "signal"), ("on-bad", "bad"),
    ("page", "text"), ("accent", "accent-soft"), ("accent", "accent-edge"), ("accent", "thumb"),
    ("signal", "signal-soft"), ("good", "good-soft"), ("warn", "warn-soft"), ("bad", "bad-soft"),
    ("text", "accent-soft"), ("text", "signal-soft"), ("text", "good-soft"), ("text", "warn-soft"),
    ("text", "bad-soft"), ("text", "pressed"), ("text-soft", "accent-soft"),
)  # fmt: skip


def colour(name: str, theme: int) -> tuple[int, int, int]:
    """The colour a token stands for; theme 0 is light, 1 is dark."""
    value = TOKENS[name].strip()
    if pair := re.fullmatch(r"light-dark\(\s*(.+?),\s*(.+?)\s*\)", value):
        value = pair[theme + 1]
    if reference := re.fullmatch(r"var\(--([\w-]+)\)", value):
        return colour(reference[1], theme)
    digits = re.fullmatch(r"#([0-9a-f]{6})", value)
    assert digits, f"--{name} is no colour of the palette: {value}"
    return int(digits[1][:2], 16), int(digits[1][2:4], 16), int(digits[1][4:], 16)


def luminance(rgb: tuple[int, int, int]) -> float:
    """Relative luminance (WCAG 2.2, definition of contrast ratio)."""
    parts = [v / 255 / 12.92 if v / 255 <= 0.04045 else ((v / 255 + 0.055) / 1.055) ** 2.4 for v in rgb]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str, theme: int) -> float:
    lighter, darker = sorted((luminance(colour(one, theme)), luminance(colour(other, theme))), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), [(t, s) for t in TEXTS for s in SURFACES] + list(FILLED))
def test_text_can_be_read(text: str, ground: str, theme: int) -> None:
    assert contrast(text, ground, theme) >= 4.5


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize("ground", SURFACES)
@pytest.mark.parametrize("edge", ["line-strong", "focus"])
def test_edges_of_fields_and_focus_can_be_seen(edge: str, ground: str, theme: int) -> None:
    assert contrast(edge, ground, theme) >= 3


def test_the_formula_is_that_of_the_standard() -> None:
    assert luminance((255, 255, 255)) == pytest.approx(1)
    lighter, darker = luminance((255, 255, 255)), luminance((118, 118, 118))
    assert (lighter + 0.05) / (darker + 0.05) == pytest.approx(4.54, abs=0.01)


def test_only_meanings_are_used_outside_of_the_tokens() -> None:
    names = {name for name in TOKENS if re.fullmatch(r"(ink|sea|coral|green|amber|red)-\d+", name)}
    # The toast is the one thing that is dark on light and light on dark.
    offenders = {
        (sheet.name, name)
        for sheet in STYLES.rglob("*.css")
        if sheet.name != "tokens.css"
        for name in re.findall(r"var\(--([\w-]+)\)", sheet.read_text("utf-8"))
        if name in names
    }
    assert {sheet for sheet, _ in offenders} <= {"overlays.css"}


def test_every_token_used_is_defined() -> None:
    sheets = {sheet.name: sheet.read_text("utf-8") for sheet in STYLES.rglob("*.css")}
    defined = {name for text in sheets.values() for name in re.findall(r"--([\w-]+):", text)}
    for sheet, text in sheets.items():
        # with a fallback after a comma a name may be given later, by the element that uses it
        for name in re.findall(r"var\(--([\w-]+)\)", text):
            assert name in defined, f"{sheet}: --{name}"


def test_every_sheet_lies_in_its_layer() -> None:
    layers = {"components": "components", "pages": "pages", "own": "pages"}
    for sheet in STYLES.rglob("*.css"):
        text = sheet.read_text("utf-8")
        if sheet.name == "layers.css":
            assert text.startswith("@layer reset, tokens, base, layout, components, pages, utilities;")
        else:
            expected = layers.get(sheet.parent.name, sheet.stem)
            assert f"@layer {expected} {{" in text, sheet.name
