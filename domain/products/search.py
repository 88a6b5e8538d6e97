"""Finding products: by name, by pinyin initials, by code."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin
from sqlalchemy import ColumnElement, and_, true

from domain.places.names import fold
from domain.products.models import Product


def sort_key(name: str) -> str:
    """The key by which names are ordered: Chinese by pinyin, Latin folded."""
    return fold(" ".join(lazy_pinyin(name)))


def search_text(name: str, code: str, spec: str | None = None) -> str:
    """What a search looks through: folded name and code, the code without marks, pinyin initials, specification."""
    initials = "".join(lazy_pinyin(name, style=Style.FIRST_LETTER))
    parts = (fold(name), fold(code), fold(code).replace(" ", ""), fold(initials).replace(" ", ""), fold(spec or ""))
    return " ".join(dict.fromkeys(part for part in parts if part))


def matches(q: str) -> ColumnElement[bool]:
    """Condition: every word typed occurs in the product's search text."""
    words = fold(q[:100]).split()
    return and_(true(), *(Product.txt.contains(word, autoescape=True) for word in words))
