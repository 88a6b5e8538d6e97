"""Files of business cards: one contact, or a list of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Any

from domain.contacts import card_writer
from webapp.sheets import Reader

CARD_TYPE = "text/vcard; charset=utf-8"


class CardFile:
    """The rows of the list of contacts as cards, one after the other."""

    def __init__(self, file: IO[bytes], _reader: Reader) -> None:
        self.file = file

    def add(self, rows: Iterable[Any]) -> None:
        """Write some cards."""
        for row in rows:
            self.file.write(card_writer.write(row, row.customer).encode())

    def close(self) -> None:
        """Let go of the file: nothing stands after the last card."""
        self.file.flush()
