"""What happens to products."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from domain.core.events import Event
from domain.core.text import Text, _


@dataclass(frozen=True, kw_only=True)
class ProductCreated(Event):
    """A product was added."""

    kind: ClassVar[str] = "products"
    sentence: ClassVar[Text] = _("Added product %(code)s")
    code: str


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    """A product was changed."""

    kind: ClassVar[str] = "products"
    sentence: ClassVar[Text] = _("Changed product %(code)s")
    code: str
