"""What is asked and what is found."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from domain.core.places import Accuracy, Position


@dataclass(frozen=True, slots=True)
class Address:
    """The parts of an address as written in a record; any may be empty. `line` may hold all of it as free text."""

    line: str = ""
    city: str = ""
    region: str = ""
    country: str = ""

    def __bool__(self) -> bool:
        return any(part.strip() for part in (self.line, self.city, self.region, self.country))

    def one_line(self) -> str:
        """The parts as one line, smallest first, without saying a part twice."""
        parts: list[str] = []
        for part in (self.line, self.city, self.region, self.country):
            text = " ".join(part.split())
            if text and not any(text in earlier for earlier in parts):
                parts.append(text)
        return ", ".join(parts)

    def key(self) -> str:
        """The address for comparing: width, case and blanks folded, each part apart from the others."""
        parts = (self.line, self.city, self.region, self.country)
        return "\n".join("".join(unicodedata.normalize("NFKC", part).casefold().split()) for part in parts)


@dataclass(frozen=True, slots=True)
class Hit:
    """A position (WGS-84) found for an address, how near it is, what was found there and who said so."""

    lat: float
    lng: float
    accuracy: Accuracy
    label: str
    provider: str

    @property
    def position(self) -> Position:
        """The point alone."""
        return Position(self.lat, self.lng)
