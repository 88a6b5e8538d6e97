"""Who was let into the back office: set by the gate for one request, read by parts that Piccolo calls."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from domain.core.access import Actor
from webapp.database import Database


@dataclass(frozen=True, slots=True)
class Entrance:
    """The person, and our own way to the database."""

    actor: Actor
    database: Database
    language: str
    base_url: str


CURRENT: ContextVar[Entrance] = ContextVar("backoffice_entrance")


def entrance() -> Entrance:
    """The entrance of this request. Fails where nobody was let in."""
    return CURRENT.get()
