"""Sentences for people, kept untranslated until it is known who reads them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Gettext = Callable[[str], str]
NGettext = Callable[[str, str, int], str]


class Text:
    """A translatable English sentence with named `%(x)s` places; a parameter may be a Text itself.

    `Text("%(n)s row", plural="%(n)s rows", n=2)` picks the form by `n`.
    """

    __slots__ = ("msgid", "params", "plural")

    def __init__(self, msgid: str, *, plural: str | None = None, **params: Any) -> None:
        self.msgid = msgid
        self.plural = plural
        self.params: Mapping[str, Any] = params

    def render(self, gettext: Gettext, ngettext: NGettext) -> str:
        """Return the sentence in the language of the given functions."""
        if self.plural is not None:
            sentence = ngettext(self.msgid, self.plural, int(self.params["n"]))
        else:
            sentence = gettext(self.msgid)
        if not self.params:
            return sentence
        return sentence % {
            key: value.render(gettext, ngettext) if isinstance(value, Text) else value
            for key, value in self.params.items()
        }

    def __str__(self) -> str:
        return self.render(lambda msgid: msgid, lambda one, many, n: one if n == 1 else many)

    def __repr__(self) -> str:
        return f"Text({self.msgid!r}, {dict(self.params)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Text) and (self.msgid, self.params) == (other.msgid, other.params)

    def __hash__(self) -> int:
        return hash(self.msgid)


_ = Text
"""The marker that the message extraction looks for."""
