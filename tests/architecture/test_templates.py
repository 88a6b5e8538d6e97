"""Rules of templates: the content policy, htmx 4, forged requests."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
FORBIDDEN = {
    "an inline style": re.compile(r"<[^>]*\sstyle=", re.DOTALL),
    "an inline script": re.compile(r"<script(?![^>]*\ssrc=)", re.DOTALL),
    "an event handler": re.compile(r"<[^>{]*\son[a-z]+=", re.DOTALL),
    "hx-on, which needs eval": re.compile(r"hx-on[:\-=]"),
    "a js: value, which needs eval": re.compile(r"=[\"']js:"),
    "a trigger filter, which needs eval": re.compile(r"hx-trigger=\"[^\"]*\["),
    "hx-boost, whose requests are no navigations: no saved page answers them": re.compile(r"hx-boost"),
    "an attribute of htmx 2": re.compile(r"hx-(disabled-elt|ext|params|prompt|history-elt)\b"),
}
POST = re.compile(r"<form\b[^>]*method=\"post\"[^>]*>.*?</form>", re.DOTALL)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_template_keeps_the_rules(path: Path) -> None:
    source = re.sub(r"\{#.*?#\}", "", path.read_text("utf-8"), flags=re.DOTALL)
    for what, pattern in FORBIDDEN.items():
        found = pattern.search(source)
        assert found is None, f"{what}: {source[found.start() : found.start() + 80]!r}" if found else ""
    for form in POST.findall(source):
        assert "csrf" in form, f"a form without a token: {form[:80]!r}"
    assert len(source.splitlines()) <= 200, "more than 200 lines"
