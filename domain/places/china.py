"""Finds Chinese divisions named in an address: province, city, district, with or without 省 市 区 县."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from domain.core.places import Accuracy
from domain.places.hits import Address, Hit
from domain.places.names import fold, stem

PROVIDER = "gazetteer"
_DATA = Path(__file__).parent / "data" / "china.tsv"
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_ROAD = re.compile(r"[东西南北中]?[一二三四五六七八九十]{0,2}(?:路|街|大道|道|巷|弄|胡同|大厦|大酒店|公路|桥|村|里)")
_LONGEST = 15
_LONGEST_LINE = 200
_MENTIONS_KEPT = 3
_LEVELS = {2: Accuracy.region, 4: Accuracy.city, 6: Accuracy.district}
_WHOLE = 3.0
_STEM = {2: 2.5, 4: 2.0, 6: 1.0}
_ENOUGH = 2.0
"""A district named without its kind (和平) proves nothing by itself; that much must come together."""


@dataclass(frozen=True, slots=True)
class Division:
    """A province (code of 2 digits), city (4) or district (6); `lat` and `lng` are empty where the source has none."""

    code: str
    name: str
    lat: float | None
    lng: float | None
    latin: str
    thousands: int


@dataclass(frozen=True, slots=True)
class Index:
    """All divisions: by code, by Chinese name and stem, by folded Latin name."""

    by_code: dict[str, Division]
    by_name: dict[str, list[tuple[Division, float]]]
    by_latin: dict[str, list[Division]]

    def chain(self, code: str) -> Iterator[Division]:
        """The division and those above it, smallest first. Some districts have no city above them."""
        for length in (6, 4, 2):
            if length <= len(code) and (found := self.by_code.get(code[:length])):
                yield found


@cache
def index() -> Index:
    """The divisions, read at first use (some 25 ms)."""
    made = Index({}, {}, {})
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        code, name, lat, lng, latin, thousands = (line.split("\t") + [""] * 4)[:6]
        north, east = (int(lat) / 10_000, int(lng) / 10_000) if lat else (None, None)
        division = Division(code, name, north, east, latin, int(thousands or 0))
        made.by_code[code] = division
        made.by_name.setdefault(name, []).append((division, _WHOLE))
        if (short := stem(name)) != name:
            made.by_name.setdefault(short, []).append((division, _STEM[len(code)]))
        if latin:
            made.by_latin.setdefault(fold(latin).replace(" ", ""), []).append(division)
    return made


@dataclass(frozen=True, slots=True)
class Mention:
    """A name standing in the text from `start` to `end`, with its weight."""

    start: int
    end: int
    weight: float


def locate_chinese(address: Address) -> Hit | None:
    """The smallest division that the address names beyond doubt; what it has in common where names are shared."""
    text = "\n".join(_clean(part) for part in (address.region, address.city, address.line))
    if not _CHINESE.search(text):
        return None
    mentions = dict(_mentions(text))
    scored = [(_score(code, mentions), code) for code in mentions]
    best = max((score for score, _code in scored), default=0.0)
    if best < _ENOUGH:
        return None
    return hit_of(_common([code for score, code in scored if score == best]))


def _clean(part: str) -> str:
    text = "".join(unicodedata.normalize("NFKC", part[:_LONGEST_LINE]).split())
    return text.removeprefix("中国").removeprefix("中华人民共和国")


def _mentions(text: str) -> Iterator[tuple[str, list[Mention]]]:
    """Every division whose name or stem stands in the text, with the places where."""
    names = index().by_name
    found: dict[str, list[Mention]] = {}
    for start in range(len(text)):
        for end in range(start + 2, min(len(text), start + _LONGEST) + 1):
            for division, weight in names.get(text[start:end], ()):
                kept = found.setdefault(division.code, [])
                if len(kept) < _MENTIONS_KEPT and (weight == _WHOLE or not _ROAD.match(text, end)):
                    kept.append(Mention(start, end, weight))
    return ((code, kept) for code, kept in found.items() if kept)


def _score(code: str, mentions: dict[str, list[Mention]]) -> float:
    """How much of the text speaks for the division: itself and those above it, each in letters of its own."""
    chain = [mentions[division.code] for division in index().chain(code) if division.code in mentions]
    return max(_best(chain, ()), default=0.0)


def _best(chain: list[list[Mention]], taken: tuple[Mention, ...]) -> Iterable[float]:
    if not chain:
        yield sum(mention.weight for mention in taken)
        return
    for mention in chain[0]:
        if all(mention.end <= other.start or mention.start >= other.end for other in taken):
            yield from _best(chain[1:], (*taken, mention))
    if taken:
        yield from _best(chain[1:], taken)


def _common(codes: list[str]) -> str:
    """The one division, or the smallest that holds all of them; empty when only the country is left."""
    if len(codes) == 1:
        return codes[0]
    for length in (6, 4, 2):
        heads = {code[:length] for code in codes}
        if len(heads) == 1 and (head := heads.pop()) in index().by_code:
            return head
    return ""


def hit_of(code: str) -> Hit | None:
    """The hit for a division; its position is that of the next one above where the source has none."""
    if not code:
        return None
    chain = list(index().chain(code))
    names = [division.name for division in reversed(chain)]
    label = "".join(name for number, name in enumerate(names) if number == 0 or name != names[number - 1])
    for division in chain:
        if division.lat is not None and division.lng is not None:
            return Hit(division.lat, division.lng, _level(division.code), label, PROVIDER)
    return None


def _level(code: str) -> Accuracy:
    """District, city or region; the four municipalities are cities, cities run by a province are no districts."""
    if code in {"11", "12", "31", "50", "81", "82"} or (len(code) == 6 and code[2] == "9"):
        return Accuracy.city
    return _LEVELS[len(code)]


def locate_in_latin(address: Address) -> Hit | None:
    """A Chinese city or province in Latin letters ("Hangzhou, Zhejiang"); the greater one where two are alike."""
    by_latin = index().by_latin
    region = {division.code for division in by_latin.get(_key(address.region), ())}
    parts = [] if address.city else address.line.split(",")[::-1]
    for name in (address.city, *parts, address.region):
        found = [division for division in by_latin.get(_key(name), ()) if not region or division.code[:2] in region]
        if name != address.region:
            found.sort(key=lambda division: (-len(division.code), -division.thousands))
        if found:
            return hit_of(found[0].code)
    return None


def _key(name: str) -> str:
    """Letters of a name without its kind and postal code."""
    kinds = {"city", "province", "shi", "sheng"}
    return "".join(word for word in fold(name).split() if word not in kinds and not word.isdigit())
