"""The one list of what is plugged into what. Read this to know what follows from what."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from domain.core.events import Event, EventRow
from domain.core.work import Work

Reaction = Callable[[Work, EventRow], Awaitable[None]]

REACTIONS: Mapping[type[Event], tuple[Reaction, ...]] = {}
"""What the worker does after an event, exactly once, each reaction in a transaction of its own."""
