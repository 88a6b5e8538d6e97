"""Tables out of uploaded files: CSV in whatever encoding and with whatever separator, spreadsheets, business cards.

Everything here is slow or CPU-bound, so call `read` in a thread.
"""

from __future__ import annotations

import csv
import io
import math
import re
import zipfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from python_calamine import CalamineWorkbook

from domain.contacts import vcards
from domain.core.errors import Invalid
from domain.core.text import Text, _

MOST_BYTES = 25 * 1024 * 1024
MOST_UNPACKED = 400 * 1024 * 1024
MOST_COLUMNS = 200
MOST_ROWS = 200_000
MOST_LETTERS = 10_000
HEADER_DEPTH = 20
"""So many rows are looked at to find the headings."""
SPREADSHEETS = (".xlsx", ".xls", ".xlsb", ".ods", ".xlsm")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""
DELIMITERS = ",;\t|，"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_USUAL = re.compile("[\u4e00-\u9fa5\u3000-\u303f\uff00-\uffef·—“”‘’…]")
_CONTROL = re.compile(r"[\x00-\x08]")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True)
class Table:
    """Headings, each once, and rows as (line in the file, cells). Blank rows are left out."""

    columns: list[str]
    rows: list[tuple[int, list[str]]]


class Unreadable(Invalid):
    """The file cannot be used; says why."""

    def __init__(self, text: Text) -> None:
        super().__init__({"file": (text,)}, text)


def read(content: bytes, file_name: str) -> Table:
    """Read a file by what is in it rather than by its name. Raises Unreadable."""
    if len(content) > MOST_BYTES:
        raise Unreadable(_("The file is larger than %(n)s MB.", n=MOST_BYTES // 2**20))
    if not content.strip():
        raise Unreadable(_("The file is empty."))
    if content.startswith((_ZIP, _OLE)) or file_name.lower().endswith(SPREADSHEETS):
        lines = _spreadsheet(content)
    else:
        text = decode(content)
        if vcards.is_card_file(text):
            return _cards(text)
        lines = _csv(text)
    return table(lines)


CARD_HEADINGS = {
    "name": "Full name", "customer": "Company", "post": "Title", "role": "Role", "mobile": "Mobile",
    "phone": "Contact phone", "email": "Contact e-mail", "wechat": "WeChat", "address": "Address",
    "birthday": "Birthday", "notes": "Notes",
}  # fmt: skip
"""What the cards of a file say as columns, by headings that every import knows."""


def _cards(text: str) -> Table:
    """Business cards as rows; what none of them says is no column."""
    cards = vcards.read(text)
    said = [name for name in CARD_HEADINGS if name == "name" or any(card.values.get(name) for card in cards)]
    rows = [(card.line, [card.values.get(name, "") for name in said]) for card in cards]
    return Table([CARD_HEADINGS[name] for name in said], rows)


def table(lines: Iterable[tuple[int, list[str]]]) -> Table:
    """Find the headings and put the rows under them."""
    kept: list[tuple[int, list[str]]] = []
    for number, cells in lines:
        if any(map(str.strip, cells)):
            kept.append((number, [plain(cell.strip()) for cell in cells]))
        if len(kept) > MOST_ROWS + HEADER_DEPTH:
            raise Unreadable(_("At most %(n)s rows in one file.", n=f"{MOST_ROWS:,}"))
    if not kept:
        raise Unreadable(_("The file is empty."))
    start = header_row([cells for _number, cells in kept[:HEADER_DEPTH]])
    width = max(len(cells) for _number, cells in kept[start : start + 1000])
    if width > MOST_COLUMNS:
        raise Unreadable(_("At most %(n)s columns in one file.", n=MOST_COLUMNS))
    for number, cells in kept[start + 1 :]:
        if any(len(cell) > MOST_LETTERS for cell in cells):
            text = _("A cell of line %(line)s holds more than %(n)s characters.", line=number, n=MOST_LETTERS)
            raise Unreadable(text)
    return Table(headings(kept[start][1], width), kept[start + 1 :])


def neutral(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula: marked as text where it starts like one."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def plain(cell: str) -> str:
    """The cell again without that mark."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell


def header_row(rows: Sequence[Sequence[str]]) -> int:
    """Which of the first rows holds the headings: the first at least half as filled as any of them, all of it words."""
    filled = [sum(1 for cell in cells if cell) for cells in rows]
    for place, cells in enumerate(rows):
        words = [cell for cell in cells if cell]
        wide = filled[place] >= max(filled) / 2
        if wide and len(set(words)) >= len(words) * 0.5 and not any(_is_number(cell) for cell in words):
            return place
    return 0


def headings(cells: Sequence[str], width: int) -> list[str]:
    """Every column's heading, once: repeated ones get a number, empty ones a letter as spreadsheets have."""
    found: list[str] = []
    for place in range(width):
        words = " ".join(cells[place].split()) if place < len(cells) else ""
        name = words[:200] or f"({column_letters(place)})"
        again = 2
        while name in found:
            name = f"{words[:190] or column_letters(place)} ({again})"
            again += 1
        found.append(name)
    return found


def column_letters(place: int) -> str:
    """A, B … Z, AA: how spreadsheets name the column at a place counted from 0."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def decode(content: bytes) -> str:
    """Text in UTF-8, UTF-16, GB 18030 or Latin-1, by mark and by what can be read. Raises Unreadable for no text."""
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            return _decoded(content, encoding)
    if b"\x00" in content[:4000]:
        little = content[1:4000:2].count(0) > content[:4000:2].count(0)
        text = content.decode("utf-16-le" if little else "utf-16-be", errors="replace")
        if "\ufffd" in text or "\n" not in text.replace("\r", "\n") or _CONTROL.search(text):
            raise Unreadable(_("This is not a table: please choose a CSV or XLSX file."))
        return text
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        return content.decode("latin-1")
    # Almost any bytes pass as GB 18030; Western text then shows as rare characters, each after a Latin letter.
    wide = [letter for letter in text if letter > "\x7f"]
    common = sum(bool(_USUAL.match(letter)) for letter in wide)
    lonely = len(re.findall(r"(?<=[A-Za-z])[\u4e00-\u9fff](?=[A-Za-z\s,;]|$)", text))
    if common < len(wide) * 0.9 or lonely > len(wide) * 0.5:
        return content.decode("latin-1")
    return text


def _decoded(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding).lstrip("\ufeff")
    except UnicodeDecodeError as problem:
        raise Unreadable(_("The text of this file is damaged: please save it again as UTF-8.")) from problem


def _csv(text: str) -> Iterable[tuple[int, list[str]]]:
    """Lines with the number of the line on which each begins."""
    csv.field_size_limit(2**24)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.startswith("sep=") and "\n" in text:
        first, _newline, rest = text.partition("\n")
        reader = csv.reader(io.StringIO(rest), delimiter=first[4:5] or ",")
        skipped = 1
    else:
        reader = csv.reader(io.StringIO(text), delimiter=delimiter(text))
        skipped = 0
    number = 1
    try:
        for cells in reader:
            yield number + skipped, cells
            number = reader.line_num + 1
    except csv.Error as problem:
        raise Unreadable(_("Line %(line)s cannot be read.", line=number + skipped)) from problem


def delimiter(text: str) -> str:
    """The separator that cuts the first lines into the most even rows."""
    sample = text[:65536]
    best, score = ",", 0.0
    for candidate in DELIMITERS:
        try:
            rows = [row for row in csv.reader(io.StringIO(sample), delimiter=candidate) if row][:50]
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows)
        width, often = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        found = often / max(1, len(rows)) * math.log(width) if width > 1 else 0.0
        if found > score:
            best, score = candidate, found
    return best


def _spreadsheet(content: bytes) -> Iterable[tuple[int, list[str]]]:
    """The first sheet that holds anything."""
    if _protected(content):
        raise Unreadable(_("The file is protected by a password. Please save it without one."))
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            if any(cell != "" for row in rows for cell in row):
                return [(number, [_cell(cell) for cell in row]) for number, row in enumerate(rows, start=1)]
    except Exception as problem:  # calamine has an error for each format
        raise Unreadable(_("This is not a table: please choose a CSV or XLSX file.")) from problem
    return []


def _protected(content: bytes) -> bool:
    """Whether a password is asked for. Raises Unreadable for a file that would unpack to far too much."""
    if content.startswith(_OLE):
        return "EncryptedPackage".encode("utf-16-le") in content
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return False
    with zipfile.ZipFile(io.BytesIO(content)) as pack:
        if sum(entry.file_size for entry in pack.infolist()) > MOST_UNPACKED:
            raise Unreadable(_("The file is larger than %(n)s MB.", n=MOST_UNPACKED // 2**20))
        names = pack.namelist()
        return "META-INF/manifest.xml" in names and b"encryption-data" in pack.read("META-INF/manifest.xml")


def _cell(value: Any) -> str:
    """A cell as a person sees it: whole numbers without a point, days without midnight."""
    if isinstance(value, str):
        return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value).replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, date | time) else str(value)


def _is_number(text: str) -> bool:
    try:
        float(text.replace(",", ""))
    except ValueError:
        return False
    return True
