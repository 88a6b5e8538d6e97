"""What happens by imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _
from domain.orders.events import OrderEvent


@dataclass(frozen=True, kw_only=True)
class OrderImported(OrderEvent):
    """An order came in as approved history."""

    sentence: ClassVar[Text] = _("Imported order %(number)s: %(amount)s")


@dataclass(frozen=True, kw_only=True)
class ImportStarted(Event):
    """A long file is to be carried out, or with `dry` to be checked, by the worker."""

    kind: ClassVar[str] = "imports"
    sentence: ClassVar[Text] = _("Started an import")
    dry: bool


@dataclass(frozen=True, kw_only=True)
class ImportEnded(Event):
    """A file was carried out."""

    kind: ClassVar[str] = "imports"
    sentence: ClassVar[Text] = _("Imported %(file_name)s: %(created)s new")
    file_name: str
    created: int
    refused: int
