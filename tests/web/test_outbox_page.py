"""The page of the outbox, its patterns, and the modules that pages and worker share."""

from __future__ import annotations

import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from tests.conftest import Client
from tests.make import Make
from webapp.pages.pwa import worker_script
from webapp.render import environment

pytestmark = pytest.mark.anyio
DECLARED = re.compile(r"^(?:async )?(?:const|let|function|class) ([\w$]+)", re.MULTILINE)
IMPORTED = re.compile(r"^(?:import|export)\b", re.MULTILINE)


class Shape(HTMLParser):
    """Elements with their classes, in order, without what they say."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs).get("class") or ""))


def shape(markup: str) -> list[tuple[str, str]]:
    """The structure of a piece of HTML, states left out: of those the browser shows one."""
    reader = Shape()
    reader.feed(re.sub(r"<span data-state=.*?</span></span>", "", markup))
    return reader.found


async def test_the_page_is_the_same_for_everybody(client: Client, make: Make) -> None:
    rep = await make.user(None, "sales_rep", name="Somebody Special")
    theirs, nobodys = await (await client(rep)).get("/outbox"), await (await client(None)).get("/outbox")
    assert theirs.status_code == nobodys.status_code == 200
    assert theirs.text == nobodys.text
    assert "Somebody Special" not in theirs.text
    assert "csrf" not in theirs.text
    assert theirs.headers["content-language"] == "en"


async def test_the_pattern_of_a_row_has_the_shape_of_a_real_row(client: Client) -> None:
    page = (await (await client(None)).get("/outbox")).text
    [pattern] = re.findall(r"<template data-row>(.*?)</template>", page, re.DOTALL)
    ui = environment("en").globals["ui"]
    act = ui.icon_button("more", "More", opens="outbox-record")  # type: ignore[attr-defined]
    real = ui.list_row("Ada", href="/visits/1", facts="Visit", end="12:00", note="Late", act=act)  # type: ignore[attr-defined]
    assert shape(pattern) == shape(real)
    for slot in ("row-title", "row-facts", "row-end", "row-note"):
        assert f'class="{slot}"' in pattern


def test_each_state_of_a_record_has_a_word() -> None:
    states = ("draft", "queued", "sending", "needs-login", "blocked", "conflict", "files", "sent")
    for language in ("en", "zh"):
        shown = environment(language).get_template("outbox/states.html").render()
        assert re.findall(r'data-state="([\w-]+)"', shown) == list(states)


def test_the_worker_is_one_script_in_which_no_name_stands_twice() -> None:
    script = worker_script("key")
    assert IMPORTED.findall(script) == []
    twice = [name for name, count in Counter(DECLARED.findall(script)).items() if count > 1]
    assert twice == []
    assert "drain" in DECLARED.findall(script)
