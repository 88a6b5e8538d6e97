"""The kinds of records that lie somewhere: what the map has to know of each."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from domain.core.access import Actor
from domain.core.events import Event
from domain.core.list_spec import ListQuery, ListSpec
from domain.core.model import Choice
from domain.core.text import Text
from domain.core.work import Work
from domain.pools.scope import PooledScope

Counted = Awaitable[Sequence[Row[Any, Any, Any, Any, Any]]]


@dataclass(frozen=True, slots=True)
class KeptCells:
    """Numbers of records by cell that are counted ahead: when they answer, and what (`domain.customers.cells`)."""

    can_count: Callable[[Actor, ListQuery, int], bool]
    counted: Callable[[Work, int, tuple[int, int, int, int], Sequence[int]], Counted]


@dataclass(frozen=True, slots=True)
class Placed:
    """A kind with an address and a position (`domain.places.columns`), listed by `spec`, which also is its map.

    `state` is the column that a pin's card tells, of the values of `states`. `level` is what a pin may be coloured by
    (None: nothing but the last follow-up). `corrected` is the event of a position set or asked for by hand.
    """

    spec: ListSpec
    scope: PooledScope
    state: Any
    states: type[Choice]
    corrected: Callable[..., Event]
    closed: Callable[[Any], Text | None] = lambda record: None
    """Why nothing of a record is changed any more, if so."""
    level: Any = None
    cells: KeptCells | None = None

    @property
    def feature(self) -> str:
        """The plural noun, as in permissions and addresses."""
        return self.scope.feature

    @property
    def model(self) -> Any:
        """The table."""
        return self.scope.model


PLACED: dict[str, Placed] = {}
"""By feature; filled by `domain/wiring.py`."""
