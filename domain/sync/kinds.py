"""What a phone may send, by kind, and how each is done."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from domain.core.text import Text
from domain.core.work import Work


@dataclass(frozen=True, slots=True)
class Came:
    """How and when a record came. `recorded_at` is the phone's clock put right, never later than `received_at`;
    `offset_s` says how far the phone's clock was ahead of ours (None: not known)."""

    uuid: UUID
    device_at: datetime
    recorded_at: datetime
    received_at: datetime
    offset_s: int | None


@dataclass(frozen=True, slots=True)
class Made:
    """What a record became. `customer_id` is whose timeline it stands on; `notes` are what the person should know."""

    record_id: int
    url: str
    title: str
    customer_id: int | None = None
    notes: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Syncable:
    """One kind of record, made by `make` from the same input as its form.

    `feature` is the plural noun of what is made. `find` returns what the actor made of this id before, by whatever way
    (None: nothing), and raises Conflict if the id is somebody else's. `contact_later`: it is taken even though the
    contact that it names has not come yet.
    """

    feature: str
    entered: type[BaseModel]
    make: Callable[[Work, Any, Came], Awaitable[Made]]
    find: Callable[[Work, UUID], Awaitable[Made | None]]
    contact_later: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Editable:
    """One kind of change of a record that others may have changed meanwhile, settled field by field."""

    feature: str
    change: Callable[[Work, Came, int, dict[str, Any], dict[str, Any]], Awaitable[Made]]


SYNCABLES: dict[str, Syncable | Editable] = {}
"""Filled by `domain/wiring.py`."""
