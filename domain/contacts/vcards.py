"""Reads electronic business cards: vCard 2.1, 3.0 and 4.0 as phones write them (decision 0022). Pure."""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from domain.contacts import birthdays
from domain.core.errors import Invalid
from domain.core.text import Text, _

MOST_CARDS = 10_000
MOST_LINES = 500
"""Lines of one card; photographs are left out before they are counted."""
MOST_LETTERS = 10_000
"""Of one value; longer ones of those we read are refused with their line."""
WANTED = frozenset({"FN", "N", "ORG", "TITLE", "ROLE", "TEL", "EMAIL", "ADR", "BDAY", "NOTE", "X-WECHAT", "IMPP",
                    "X-OFFING-ROLE", "X-SOCIALPROFILE"})  # fmt: skip
_LINE = re.compile(r"(?:[\w-]+\.)?([\w-]+)((?:;(?:[^\":;]|\"[^\"]*\")*)*):(.*)", re.DOTALL)
_PARAMETER = re.compile(r";((?:[^\";]|\"[^\"]*\")*)")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_COMPONENT = re.compile(r"((?:\\.|[^\\;]|\\$)*)(?:;|$)", re.DOTALL)
_LEGACY = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}


@dataclass(frozen=True, slots=True)
class Card:
    """One card as it is read: the line on which it begins, and what it says by the names of an import's fields."""

    line: int
    values: Mapping[str, str]


class Broken(Invalid):
    """The file is no file of cards; says why."""

    def __init__(self, text: Text) -> None:
        super().__init__({"file": (text,)}, text)


def is_card_file(text: str) -> bool:
    """Whether a text begins as cards do."""
    return text.lstrip("\ufeff \r\n\t")[:11].upper() == "BEGIN:VCARD"


def read(text: str) -> list[Card]:
    """The cards of a file; what we keep no place for is passed over, and so are lines that say nothing.

    Raises Broken for a file that ends within a card, or holds too much.
    """
    cards: list[Card] = []
    found: list[tuple[str, Mapping[str, list[str]], str]] | None = None
    begun = 0
    for number, line in _unfolded(text):
        head = line[:12].strip().upper()
        if head == "BEGIN:VCARD":
            if found is not None:
                raise Broken(_("The card of line %(line)s has no end.", line=begun))
            if len(cards) >= MOST_CARDS:
                raise Broken(_("At most %(n)s cards in one file.", n=f"{MOST_CARDS:,}"))
            found, begun = [], number
        elif head == "END:VCARD" and found is not None:
            cards.append(Card(begun, _said(found)))
            found = None
        elif found is not None and (known := _property(line, number)) is not None:
            found.append(known)
            if len(found) > MOST_LINES:
                raise Broken(_("The card of line %(line)s says too much.", line=begun))
    if found is not None:
        raise Broken(_("The card of line %(line)s has no end.", line=begun))
    return cards


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    """Whole lines, each with the number of its first: folded ones and those of quoted-printable are joined."""
    parts: list[str] = []
    begun, soft = 0, False
    for number, line in enumerate(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), start=1):
        if parts and soft:
            parts.append("\n" + line)
        elif parts and line[:1] in (" ", "\t"):
            parts.append(line[1:])
            continue
        else:
            if parts:
                yield begun, "".join(parts)
            parts, begun = [line], number
        soft = line.endswith("=") and "QUOTED-PRINTABLE" in parts[0][:200].upper()
    if parts:
        yield begun, "".join(parts)


def _property(line: str, number: int) -> tuple[str, Mapping[str, list[str]], str] | None:
    """Name, parameters and value of a line; None for one that is not wanted or none at all."""
    name = re.split("[:;]", line[:100], maxsplit=1)[0].rpartition(".")[2].upper()
    if name not in WANTED:
        return None
    if len(line) > MOST_LETTERS:
        raise Broken(_("Line %(line)s holds more than %(n)s characters.", line=number, n=MOST_LETTERS))
    if (split := _LINE.fullmatch(line)) is None:
        return None
    parameters: dict[str, list[str]] = {}
    for one in _PARAMETER.findall(split[2]):
        key, equals, values = one.partition("=")
        # 2.1 leaves the names out: TEL;CELL;VOICE
        kind = key.upper() if equals else ("ENCODING" if key.upper() in ("QUOTED-PRINTABLE", "BASE64") else "TYPE")
        parameters.setdefault(kind, []).extend(
            word.strip('" ').lower() for word in (values if equals else key).split(",")
        )
    return name, parameters, _decoded(split[3], parameters)


def _decoded(value: str, parameters: Mapping[str, list[str]]) -> str:
    if "quoted-printable" not in parameters.get("ENCODING", ()):
        return value
    raw = quopri.decodestring(value.encode("utf-8"))
    charset = parameters.get("CHARSET", ["utf-8"])[0]
    for encoding in (_LEGACY.get(charset, charset), "utf-8", "gb18030"):
        try:
            return raw.decode(encoding).replace("\r\n", "\n")
        except (LookupError, UnicodeDecodeError):
            continue
    return raw.decode("utf-8", errors="replace")


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()


def _parts(value: str) -> list[str]:
    """Components of a value, divided by semicolons."""
    return [_plain(part) for part in _COMPONENT.findall(value)]


def _said(found: Sequence[tuple[str, Mapping[str, list[str]], str]]) -> dict[str, str]:
    """What a card says, by field. The first of each counts, a preferred one before it."""
    values: dict[str, str] = {}
    ordered = sorted(found, key=lambda one: 0 if "PREF" in one[1] or "pref" in one[1].get("TYPE", ()) else 1)
    for name, parameters, value in ordered:
        for field, text in _meant(name, parameters, value):
            if text:
                values.setdefault(field, text)
    whole = values.pop("whole_name", "")
    values.setdefault("name", whole or values.get("email", ""))
    return values


def _meant(name: str, parameters: Mapping[str, list[str]], value: str) -> Iterator[tuple[str, str]]:
    """The fields that one line feeds."""
    match name:
        case "FN":
            yield "name", _plain(value)
        case "N":
            yield "whole_name", _whole(_parts(value))
        case "ORG":
            yield "customer", _parts(value)[0]
        case "TITLE":
            yield "post", _plain(value)
        case "TEL":
            number = _plain(value).removeprefix("tel:")
            types = parameters.get("TYPE", [])
            if "fax" not in types and "pager" not in types:
                yield ("mobile" if "cell" in types else "phone"), number
        case "EMAIL":
            yield "email", _plain(value)
        case "ADR":
            yield "address", ", ".join(" ".join(part.split()) for part in _parts(value) if part)
        case "BDAY":
            if "1604" in parameters.get("X-APPLE-OMIT-YEAR", ()) and value.startswith("1604"):
                value = "--" + value[4:].lstrip("-")
            yield "birthday", _day(_plain(value))
        case "NOTE":
            yield "notes", _plain(value)
        case "X-WECHAT":
            yield "wechat", _plain(value)
        case "IMPP" | "X-SOCIALPROFILE":
            scheme, _colon, rest = _plain(value).partition(":")
            if scheme.lower() in ("wechat", "weixin", "x-wechat") or "wechat" in parameters.get("TYPE", ()):
                yield "wechat", rest or scheme
        case "X-OFFING-ROLE":
            yield "role", _plain(value)


def _whole(parts: Sequence[str]) -> str:
    """Family, given and further names put together as people write them."""
    family, given, more = [*parts, "", "", ""][:3]
    words = [word for word in (given, more, family) if word]
    return " ".join(words) if "".join(words).isascii() else f"{family}{given}{more}"


def _day(value: str) -> str:
    """A birthday as our cells have it; what is only a year or a month is left out."""
    try:
        return birthdays.typed(birthdays.read(value)) or ""
    except ValueError:
        return value if len(value) > 4 and not value.startswith("---") else ""
