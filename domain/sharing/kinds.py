"""What kinds of records have a team."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement

from domain.core.access import Actor
from domain.core.text import Text
from domain.core.work import Work


def _of_none(record: Any) -> int | None:
    return None


async def _nothing(work: Work, record: Any) -> Text | None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """A kind whose records can be opened to others. `model` is an Owned table with a name; `feature` its plural noun as
    in permissions, scopes and grants; `visible` and `manageable` are conditions on its rows: who answers for a record
    names its team. `sees_all` is told to those whose role shows them every record. `customer_of` is the customer on
    whose timeline changes of the team stand; `besides` is a reason to see a record that only this kind knows.
    """

    model: type[Any]
    feature: str
    visible: Callable[[Actor], ColumnElement[bool]]
    manageable: Callable[[Actor], ColumnElement[bool]]
    sees_all: Text
    customer_of: Callable[[Any], int | None] = _of_none
    besides: Callable[[Work, Any], Awaitable[Text | None]] = _nothing


SHARED: dict[str, Shared] = {}
"""By feature. Filled by `domain/wiring.py`."""
