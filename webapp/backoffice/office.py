"""Piccolo's part of the back office: its pages, and each change in one transaction that names its user."""

from __future__ import annotations

import json
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlsplit

import anyio.to_thread
from piccolo_admin.endpoints import AdminRouter

from domain.core.access import Actor
from domain.core.text import _
from domain.pools import clock
from domain.pools.kinds import POOL_KINDS
from webapp.assets import asset_url
from webapp.backoffice import checks
from webapp.backoffice.answer import Answer
from webapp.backoffice.engine import connect
from webapp.backoffice.entrance import Entrance
from webapp.backoffice.site import site
from webapp.backoffice.words import named, put_into_words, shown_names
from webapp.database import Database
from webapp.i18n import catalogue
from webapp.work import transaction

CLOCK_TABLES = frozenset({"pools", "recycle_rules", "users"})
"""A change of these moves the dates on which customers return to a pool."""


class Refused(Exception):
    """Rolls the transaction back; the answer is known."""


async def answer_of(scope: Any, receive: Any, path: str, entrance: Entrance, *, unsafe: bool) -> Answer:
    """What Piccolo answers to somebody who was let in; `path` is that below /admin."""
    host = urlsplit(entrance.base_url).hostname or ""
    inner = await anyio.to_thread.run_sync(site, entrance.language, host)
    if path == "":
        return _front_page(inner, entrance.language, scope["state"]["theme"])
    if path.startswith("api/"):
        await connect(entrance.database.engine.url)
    if not unsafe:
        answer = await _call(inner, scope, receive)
        _put_into_words(inner, answer, path, entrance.language)
        return answer
    entrance.actor.require("backoffice.edit", _("You may look at the back office but change nothing."))
    if path.startswith("api/forms/"):
        return await _call(inner, scope, receive)  # these acts have transactions of their own
    return await _write(inner, scope, receive, path, entrance)


def _front_page(inner: AdminRouter, language: str, theme: str) -> Answer:
    """Piccolo's page with our own script before its: language, colours, words, ways back to our pages."""
    words = escape(json.dumps(shown_names(catalogue(language)), ensure_ascii=False))
    code = "zh-cn" if language == "zh" else "en"
    facts = f'data-language="{code}" data-theme="{theme if theme in ("light", "dark") else ""}" data-words="{words}"'
    script = f'<script src="{asset_url("js/backoffice.js")}" {facts}></script>'
    icon = f'<link rel="icon" href="{asset_url("icons/favicon.svg")}" type="image/svg+xml">'
    page = inner.template.replace('<html lang="en">', f'<html lang="{language}">')
    page = page.replace("<title>", f"{icon}{script}<title>", 1)
    return Answer(200, [(b"content-type", b"text/html; charset=utf-8")], page.encode())


async def _call(inner: AdminRouter, scope: Any, receive: Any) -> Answer:
    """Ask Piccolo, as if it stood alone under /admin."""
    theirs = {
        name: scope[name]
        for name in ("type", "asgi", "http_version", "method", "scheme", "query_string", "client", "server", "raw_path")
        if name in scope
    }
    theirs["path"] = theirs["raw_path"].decode("latin-1").partition("?")[0]
    theirs["root_path"] = "/admin"
    theirs["headers"] = [_with_visit(pair) for pair in scope["headers"] if pair[0] != b"accept-encoding"]
    answer = Answer()
    await inner(theirs, receive, answer.take)
    return answer


def _with_visit(pair: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """Piccolo wants a session cookie of its own to be there; whose it is, the entrance says."""
    return (b"cookie", pair[1] + b"; id=entrance") if pair[0] == b"cookie" else pair


async def _write(inner: AdminRouter, scope: Any, receive: Any, path: str, entrance: Entrance) -> Answer:
    """One change, in one transaction that names its user; rolled back unless all is well."""
    assert entrance.actor.id is not None, "only people come in"
    answer = Answer()
    table_name = path.split("/")[2] if path.startswith("api/tables/") else ""
    say = catalogue(entrance.language).say
    try:
        async with checks.transaction():
            await checks.claim_audit(entrance.actor.id)
            answer = await _call(inner, scope, receive)
            if answer.status >= 400:
                raise Refused
            config = inner.table_config_map.get(table_name)
            if config is not None:
                row_id = _row_id(answer, path, scope["method"])
                await checks.note_change(config.table_class, row_id if scope["method"] == "PATCH" else None)
                if scope["method"] == "POST" and row_id is not None:
                    await checks.complete(config.table_class, row_id)
                problem = await checks.problem(config.table_class, row_id)
                if problem is not None:
                    answer.say(422, {"custom_form_error": say(problem)})
                    raise Refused
    except Refused:
        _explain(answer, say)
        return answer
    if table_name in CLOCK_TABLES:
        await _recompute(entrance.database, entrance.actor)
    return answer


def _row_id(answer: Answer, path: str, method: str) -> int | None:
    """Which row was written; none was if it is deleted."""
    if method == "PATCH":
        return int(path.split("/")[3])
    if method == "POST":
        rows = answer.json()
        return int(rows[0]["id"]) if isinstance(rows, list) and rows else None
    return None


def _explain(answer: Answer, say: Any) -> None:
    """Put a refusal of the database into words."""
    content = answer.json()
    if isinstance(content, Mapping) and "db_error" in content:
        answer.say(422, {"custom_form_error": say(checks.told(str(content["db_error"])))})


def _put_into_words(inner: AdminRouter, answer: Answer, path: str, language: str) -> None:
    """Descriptions of tables and acts, in the reader's language."""
    parts = path.split("/")
    if answer.status != 200 or len(parts) != 4 or parts[0] != "api" or parts[3] != "schema":
        return
    content, words = answer.json(), catalogue(language)
    config = inner.table_config_map.get(parts[2]) if parts[1] == "tables" else None
    if config is not None:
        answer.say(200, put_into_words(content, config.table_class, words))
    elif parts[1] == "forms":
        answer.say(200, named(content, words))


async def _recompute(database: Database, actor: Actor) -> None:
    """The dates on which customers and leads return to a pool, by the rules as they are now."""
    async with transaction(database, actor) as work:
        for kind in POOL_KINDS:
            await clock.recompute(work.session, kind)
