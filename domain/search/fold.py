"""One spelling for what people write in many: width, case, accents, marks."""

from __future__ import annotations

import re
import unicodedata

_LETTERS = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"})
_ACCENTS = re.compile("[\u0300-\u036f]")
_WIDE = re.compile(
    "[\u3040-\u30ff\u3100-\u312f\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)


_PLAIN = re.compile("[\u4e00-\u9fff0-9a-z]+")


class _Kept(dict[int, int]):
    """What becomes of a character: letters, digits, the signs that belong to letters in other scripts, and symbols such
    as emoji stay, anything else is a blank. Each is looked at once."""

    def __missing__(self, code: int) -> int:
        letter = chr(code)
        stays = letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc", "So")
        self[code] = code if stays else ord(" ")
        return self[code]


_KEPT = _Kept()


_APOSTROPHES = str.maketrans("", "", "'’‘`´ʼ")


def squeeze(text: str) -> str:
    """Folded, and without the blanks between Chinese words, which nobody types: "润达（中国）" → "润达中国"."""
    folded = fold(text)
    if " " not in folded or folded.isascii():
        return folded
    return "".join(
        letter
        for place, letter in enumerate(folded)
        if letter != " " or not (wide(folded[place - 1]) or wide(folded[place + 1]))
    )


def fold(text: str) -> str:
    """Lower-case words with single blanks between: "ＡＣＭＥ（Köln）" → "acme koln". Empty if only marks were given."""
    if is_plain(text):
        return text
    text = text.translate(_APOSTROPHES)
    if text.isascii():
        lower = text.lower()
        return lower if lower.isalnum() else " ".join(lower.translate(_KEPT).split())
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    plain = unicodedata.normalize("NFC", _ACCENTS.sub("", unicodedata.normalize("NFD", plain)))
    return " ".join(plain.translate(_KEPT).split())


def is_plain(text: str) -> bool:
    """Whether a text is folded as it stands, by the look of it: most Chinese names are."""
    return _PLAIN.fullmatch(text) is not None


def wide(letter: str) -> bool:
    """Whether a character is a word by itself: Chinese, kana, Hangul, and symbols."""
    return letter > "\u2190" and (_WIDE.match(letter) is not None or not letter.isalnum())
