"""Chinese names as people type and sort them."""

from __future__ import annotations

from pypinyin import Style, lazy_pinyin

from domain.search.fold import fold

SORT_LENGTH = 120
"""More than this decides nothing; an index row has its limits."""


def sort_key(name: str) -> str:
    """Where a name stands in a list: Latin as it is, Chinese by sound, the empty last of all."""
    folded = fold(name)
    if folded.isascii():
        return folded[:SORT_LENGTH] or "\uffff"
    return " ".join(" ".join(lazy_pinyin(folded)).split())[:SORT_LENGTH]


def initials(name: str) -> str:
    """First letters of the Chinese characters: 上海润达 → "shrd"; empty where there are none."""
    if name.isascii():
        return ""
    letters = lazy_pinyin(name, style=Style.FIRST_LETTER, errors="ignore")
    return "".join(letters).lower()
