"""Rows written into a file for spreadsheets: CSV or XLSX. CPU-bound, so call it in a thread."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, Protocol
from zoneinfo import ZoneInfo

import xlsxwriter

from domain.core.errors import Invalid
from domain.core.list_spec import Column
from domain.core.model import Choice
from domain.core.text import Text, _
from webapp.reading_files import neutral

MOST_ROWS = 1_048_575
"""What one sheet of XLSX holds below its headings."""
MOST_LETTERS = 32_767
"""What one cell of XLSX holds."""
Cell = str | int | Decimal | datetime | date
Say = Callable[[Text | str], str]


class Reader:
    """Makes of a row the cells that one person reads: in words of the language, times in the zone, without offset."""

    def __init__(self, columns: Sequence[Column], say: Say, zone: ZoneInfo) -> None:
        self.columns, self.say, self.zone = columns, say, zone
        self.yes, self.no = say(_("Yes")), say(_("No"))

    @property
    def headings(self) -> list[str]:
        """The first line."""
        return [self.say(column.label) for column in self.columns]

    def cells(self, row: Any) -> list[Cell]:
        """The line of a row of a list: its id comes first, then its columns."""
        return [self._cell(column, getattr(row, column.name)) for column in self.columns]

    def _cell(self, column: Column, value: Any) -> Cell:
        if value is None:
            return ""
        if column.shown is not None:
            value = column.shown(value)
        if isinstance(value, Choice):
            value = value.label
        if isinstance(value, Text):
            return self.say(value)
        if isinstance(value, bool):
            return self.yes if value else self.no
        if isinstance(value, datetime):
            return value.astimezone(self.zone).replace(tzinfo=None)
        return value if isinstance(value, (int, Decimal, date)) else str(value)


class Sheet(Protocol):
    """A file under way."""

    def add(self, rows: Iterable[Any]) -> None:
        """Write some rows."""

    def close(self) -> None:
        """Write the end."""


class CsvSheet:
    """CSV in UTF-8 with the mark by which spreadsheets know it; no cell of it is taken for a formula."""

    def __init__(self, file: IO[bytes], reader: Reader) -> None:
        self.text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
        self.writer, self.reader = csv.writer(self.text), reader
        self.writer.writerow(map(neutral, reader.headings))

    def add(self, rows: Iterable[Any]) -> None:
        """Write some rows."""
        self.writer.writerows(map(_written, self.reader.cells(row)) for row in rows)

    def close(self) -> None:
        """Write what is left, and let go of the file."""
        self.text.flush()
        self.text.detach()


def _written(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return neutral(cell) if isinstance(cell, str) else str(cell)


class XlsxSheet:
    """XLSX: figures and dates as such, texts always as texts. Rows go straight to the disk."""

    def __init__(self, file: IO[bytes], reader: Reader) -> None:
        self.book = xlsxwriter.Workbook(file, {"constant_memory": True})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd"})
        self.sheet = self.book.add_worksheet()
        self.sheet.freeze_panes(1, 0)
        self.reader, self.line = reader, 0
        bold = self.book.add_format({"bold": True})
        for place, heading in enumerate(reader.headings):
            self.sheet.write_string(0, place, heading, bold)
            self.sheet.set_column(place, place, 18)

    def add(self, rows: Iterable[Any]) -> None:
        """Write some rows. Raises Invalid for what a sheet cannot hold; nothing is cut."""
        for row in rows:
            self.line += 1
            if self.line > MOST_ROWS:
                raise Invalid.of("", _("More than %(n)s rows do not fit into a sheet. Take CSV.", n=MOST_ROWS))
            for place, cell in enumerate(self.reader.cells(row)):
                self._write(place, cell)

    def _write(self, place: int, cell: Cell) -> None:
        if isinstance(cell, str):
            if len(cell) > MOST_LETTERS:
                raise Invalid.of("", _("A text is too long for a sheet. Take CSV."))
            if cell:
                self.sheet.write_string(self.line, place, cell)
        elif isinstance(cell, datetime):
            self.sheet.write_datetime(self.line, place, cell, self.moment)
        elif isinstance(cell, date):
            self.sheet.write_datetime(self.line, place, cell, self.day)
        else:
            self.sheet.write_number(self.line, place, cell)

    def close(self) -> None:
        """Put the parts together."""
        self.book.close()


SHEETS: dict[str, tuple[Callable[[IO[bytes], Reader], Sheet], str]] = {
    "csv": (CsvSheet, "text/csv; charset=utf-8"),
    "xlsx": (XlsxSheet, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
"""By the ending of the file: who writes it, and its type."""
