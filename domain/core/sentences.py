"""Sentences kept in the database until it is known who reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from domain.core.text import Text


def stored(text: Text) -> dict[str, Any]:
    """A sentence as JSON: its English form and its places."""
    params = {name: stored(value) if isinstance(value, Text) else _plain(value) for name, value in text.params.items()}
    return {"msgid": text.msgid, "params": params} | ({"plural": text.plural} if text.plural else {})


def restored(kept: Mapping[str, Any]) -> Text:
    """The sentence again, ready to be translated."""
    params: dict[str, Any] = {
        name: restored(value) if isinstance(value, dict) else value for name, value in kept["params"].items()
    }
    return Text(kept["msgid"], plural=kept.get("plural"), **params)


def _plain(value: Any) -> Any:
    return value if isinstance(value, (int, str, float, bool)) or value is None else str(value)
