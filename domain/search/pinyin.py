"""Chinese names as people type and sort them."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain

from pypinyin import Style, lazy_pinyin
from pypinyin.core import Pinyin
from pypinyin.seg import mmseg

from domain.search.fold import fold, is_plain

SORT_LENGTH = 120
"""More than this decides nothing; an index row has its limits."""
_CUTTER = Pinyin()
_RUN = re.compile("[\u4e00-\u9fff]+|[0-9a-z]+")


@lru_cache(maxsize=10_000)
def _cut(text: str) -> tuple[str, ...]:
    """The words of a text, by pypinyin's dictionary of phrases. It looks at each letter whether it is Chinese; of plain
    text we know."""
    if not is_plain(text):
        return tuple(_CUTTER.seg(text))
    return tuple(chain.from_iterable((run,) if run.isascii() else mmseg.seg.cut(run) for run in _RUN.findall(text)))


@lru_cache(maxsize=100_000)
def _sounds(word: str) -> tuple[str, ...]:
    """The syllables of one word. Names share their words, so most of them are known from an earlier name."""
    if word.isascii():
        return (word,)
    return tuple(lazy_pinyin([word]))


@lru_cache(maxsize=100_000)
def _letters(word: str) -> str:
    if word.isascii():
        return ""
    return "".join(lazy_pinyin([word], style=Style.FIRST_LETTER, errors="ignore"))


def sort_key(name: str) -> str:
    """Where a name stands in a list: Latin as it is, Chinese by sound, the empty last of all."""
    folded = fold(name)
    if folded.isascii():
        return folded[:SORT_LENGTH] or "\uffff"
    sounds = " ".join(sound for word in _cut(folded) for sound in _sounds(word))
    return " ".join(sounds.split())[:SORT_LENGTH]


def initials(name: str) -> str:
    """First letters of the Chinese characters: 上海润达 → "shrd"; empty where there are none."""
    if name.isascii():
        return ""
    return "".join(_letters(word) for word in _cut(fold(name))).lower()  # cut once with the sort key
