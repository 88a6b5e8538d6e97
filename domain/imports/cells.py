"""What stands in the cells of a file, read as people mean it: dates, yes and no, choices in any language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from domain.core.inputs import Refusal
from domain.core.sentences import stored
from domain.core.text import Text, _
from domain.search.fold import fold

YES = frozenset({"1", "yes", "y", "true", "t", "ja", "oui", "是", "对", "真", "√", "x", "on", "在售", "启用", "上架"})
NO = frozenset({"0", "no", "n", "false", "f", "nein", "non", "否", "假", "off", "停售", "停用", "下架"})
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T].*)?")
_AMERICAN = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})(?: .*)?")
_GERMAN = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})(?: .*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_EPOCH = date(1899, 12, 30)
Vocabulary = Mapping[str, Mapping[str, str]]
"""By field: folded words of all languages and the value each means."""


@dataclass(slots=True)
class Row:
    """A row on its way in: its place in the file, what it says by field, and what is wrong with it."""

    number: int
    values: dict[str, str]
    errors: list[dict[str, Any]] = field(default_factory=list)
    outcome: str = "waiting"
    record_id: int | None = None

    def refuse(self, text: Text, name: str = "", outcome: str = "refused") -> None:
        """Note why it cannot be taken."""
        self.errors.append({"field": name, "text": stored(text)})
        self.outcome = outcome

    def note(self, text: Text, name: str = "") -> None:
        """Note something about a row that is taken all the same."""
        self.errors.append({"field": name, "text": stored(text)})

    @property
    def sound(self) -> bool:
        """Whether nothing speaks against it so far."""
        return self.outcome == "waiting"


def rows_of(
    cells: Sequence[tuple[int, Sequence[str]]], columns: Sequence[str], mapping: Mapping[str, str]
) -> list[Row]:
    """Rows by field. A column that is not there (any more) feeds nothing."""
    places = [(name, columns.index(column)) for name, column in mapping.items() if column in columns]
    return [
        Row(number, {name: row[place] for name, place in places if place < len(row) and row[place].strip()})
        for number, row in cells
    ]


def day(text: str) -> date:
    """A date as ISO, 2026年3月1日, 3/1/2026 (month first), 1.3.2026 (day first) or a spreadsheet's day number.

    Raises Refusal.
    """
    text = text.strip()
    try:
        if (found := _DATE.fullmatch(text)) or (found := _COMPACT.fullmatch(text)):
            return date(int(found[1]), int(found[2]), int(found[3]))
        if found := _AMERICAN.fullmatch(text):
            return date(int(found[3]), int(found[1]), int(found[2]))
        if found := _GERMAN.fullmatch(text):
            return date(int(found[3]), int(found[2]), int(found[1]))
        if _SERIAL.fullmatch(text):
            return _EPOCH + timedelta(days=int(float(text)))
        return datetime.fromisoformat(text).date()
    except ValueError as problem:
        raise Refusal(_("This is not a date.")) from problem


def yes(text: str) -> bool:
    """Yes or no in several languages. Raises Refusal for anything else."""
    word = fold(text).strip() or text.strip()
    if word in YES:
        return True
    if word in NO:
        return False
    raise Refusal(_("Please choose yes or no."))


def percent_of(texts: Sequence[str]) -> list[str]:
    """Discounts as percent. Fractions are recognised by the whole column: all of it between 0 and 1, and no "%"."""
    plain = [text.strip().rstrip("%％").strip() for text in texts]
    marked = any(text.strip().endswith(("%", "％")) for text in texts)
    try:
        numbers = [Decimal(text or "0") for text in plain]
    except ArithmeticError:
        return plain
    if not marked and any(numbers) and all(0 <= number < 1 for number in numbers):
        return [f"{(number * 100).normalize():f}" for number in numbers]
    return plain


def choice(vocabulary: Vocabulary, name: str, text: str) -> str:
    """The value that a word means; the word itself where it means none, which the input then refuses."""
    return vocabulary.get(name, {}).get(fold(text), text)


def amount(text: str) -> str:
    """An amount without its currency: "¥1,200.00" → "1,200.00"."""
    return text.strip().strip("¥￥$€£元").strip()
