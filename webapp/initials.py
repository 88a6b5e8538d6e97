"""The one or two letters that stand for a name: those that tell it from its neighbours in a list."""

from __future__ import annotations

from functools import cache, lru_cache

from domain.places.china import index
from domain.places.names import stem

_IDEOGRAPHS = "\u2e80"
_KINDS = ("省", "市")


@cache
def _places() -> frozenset[str]:
    """Provinces and cities as company names begin with them: 上海, 浙江, 呼和浩特."""
    return frozenset(stem(one.name) for code, one in index().by_code.items() if len(code) <= 4)


def _without_place(name: str) -> str:
    """上海长亭便利超市 → 长亭便利超市. What is nothing but a place stays."""
    for length in (4, 3, 2):
        if name[:length] in _places():
            rest = name[length:]
            rest = rest[1:] if rest.startswith(_KINDS) else rest
            return rest if rest[1:] and rest[0].isalpha() else name
    return name


@lru_cache(maxsize=8192)
def initials(name: str) -> str:
    """Chinese: the first character behind the province and city that half a list shares; else two words' letters."""
    words = name.split()
    if not words:
        return ""
    if words[0][0] >= _IDEOGRAPHS:
        return _without_place(_without_place(words[0]))[0]
    if words[1:] and words[1][0] < _IDEOGRAPHS:
        return (words[0][0] + words[1][0]).upper()
    return words[0][0].upper()
