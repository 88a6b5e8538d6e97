"""Hashed n-grams of folded text (stack.md section 5): what the search index holds and is asked for.

Chinese in single characters and pairs; Latin words, digits and pinyin initials in pairs and threes, all in one
namespace. A hash may stand for two grams, so every hit is checked against the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import add
from zlib import crc32

from domain.search.fold import wide

_PLAIN = re.compile("[\u4e00-\u9fff\0-\x7f]+")
_PIECE = re.compile("[\u4e00-\u9fff]+|[\0-\x7f]+")
"""Names of Chinese characters and ASCII alone, by far the most, are cut without a look at each letter."""


class _Hashes(dict[str, int]):
    """A signed 32-bit number for each gram, the same in every process and version. The latest are kept: looking one up
    takes a third of what making it takes, or asking an `lru_cache`."""

    def __missing__(self, gram: str) -> int:
        value = crc32(gram.encode())
        if len(self) >= MOST_KEPT:
            self.clear()
        self[gram] = value - 2**32 if value >= 2**31 else value
        return self[gram]


MOST_KEPT = 200_000
_hash = _Hashes().__getitem__


def _runs(text: str) -> Iterator[tuple[bool, str]]:
    """Stretches of wide and of other characters, blanks dropped."""
    for word in text.split():
        if word.isascii():
            yield False, word
        elif _PLAIN.fullmatch(word):
            for run in _PIECE.findall(word):
                yield not run.isascii(), run
        else:
            for is_wide, run in groupby(word, wide):
                yield is_wide, "".join(run)


def index_grams(text: str) -> list[int]:
    """All grams of a text that shall be found by any part of it."""
    found: set[str] = set()
    for is_wide, run in _runs(text):
        pairs = list(map(add, run, run[1:]))
        found.update(pairs)
        found.update(run if is_wide else map(add, pairs, run[2:]))
    return sorted(map(_hash, found))


def query_grams(text: str) -> list[int]:
    """The grams that a text must have to hold these words; empty when the words are too short to ask by."""
    found: set[str] = set()
    for is_wide, run in _runs(text):
        if is_wide:
            found.update((run[i : i + 2] for i in range(len(run) - 1)) if len(run) > 1 else run)
        elif len(run) > 2:
            found.update(run[i : i + 3] for i in range(len(run) - 2))
        elif len(run) == 2:
            found.add(run)
    return sorted(map(_hash, found))
