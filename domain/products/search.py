"""Finding products: by name, by pinyin initials, by code."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, true

from domain.products.models import Product
from domain.search.fold import fold
from domain.search.pinyin import initials


def search_text(name: str, code: str, spec: str | None = None) -> str:
    """What a search looks through: folded name and code, the code without marks, pinyin initials, specification."""
    parts = (fold(name), fold(code), fold(code).replace(" ", ""), initials(name), fold(spec or ""))
    return " ".join(dict.fromkeys(part for part in parts if part))


def matches(q: str) -> ColumnElement[bool]:
    """Condition: every word typed occurs in the product's search text."""
    words = fold(q[:100]).split()
    return and_(true(), *(Product.txt.contains(word, autoescape=True) for word in words))
